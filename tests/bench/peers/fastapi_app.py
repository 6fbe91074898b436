"""The peer of plugins/hello: the same route, the same bytes."""

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

app = FastAPI()


@app.get("/hello/{name}", response_class=PlainTextResponse)
async def greet(name: str) -> str:
    return f"Hello, {name}!\n"
