"use strict";

// The fonts are those of the reader's machine: nothing is fetched from elsewhere.
const fonts = { fontFamily: "system-ui, sans-serif", headings: { fontFamily: "system-ui, sans-serif" } };
Redoc.init("openapi.json", { theme: { typography: fonts } }, document.getElementById("ui"));
