# cmake -D NM=<nm> -D FILE=<plugin.so> -P CheckExports.cmake: fails unless the plugin exports exactly the one symbol.
execute_process(COMMAND ${NM} --dynamic --defined-only --format=posix ${FILE}
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE " [^\n]*" "" symbols "${symbols}")
string(STRIP "${symbols}" symbols)
if(NOT symbols STREQUAL "gantry_plugin_entry")
    message(FATAL_ERROR "${FILE} must export gantry_plugin_entry alone, but exports:\n${symbols}\n"
        "Is GANTRY_PLUGIN(Class, \"id\", GANTRY_PLUGIN_VERSION) in one of its sources?")
endif()
