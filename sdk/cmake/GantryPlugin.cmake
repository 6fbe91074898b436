# gantry_add_plugin(<id> VERSION <x.y.z> SOURCES <file>... [MANIFEST <file>] [TESTS <file>...] [LIBRARIES <target>...])
#
#   <id>.so   with every rule that a plugin must keep, so that no author can forget one: one exported symbol, nothing
#             unresolved, everything bound at load, really unmapped by dlclose(), its manifest inside.
#   <id>_test GoogleTest over the same sources with the fake host, when TESTS are given; label "plugin". Its golden
#             answers stand in tests/golden and are rewritten with UPDATE_GOLDEN=1.
#
# Id and version are stated here and nowhere else: the sources know them as GANTRY_PLUGIN_ID and GANTRY_PLUGIN_VERSION,
# and the embedded manifest begins with them.

function(gantry_add_plugin id)
    cmake_parse_arguments(PARSE_ARGV 1 PLUGIN "" "VERSION;MANIFEST" "SOURCES;TESTS;LIBRARIES")
    if(NOT id MATCHES "^[a-z][a-z0-9_]*$" OR PLUGIN_UNPARSED_ARGUMENTS OR NOT PLUGIN_VERSION OR NOT PLUGIN_SOURCES)
        message(FATAL_ERROR "gantry_add_plugin(<id> VERSION <x.y.z> SOURCES <file>...): got ${ARGV}")
    endif()

    add_library(${id}_objects OBJECT ${PLUGIN_SOURCES})
    target_compile_features(${id}_objects PUBLIC cxx_std_20)
    target_compile_definitions(${id}_objects PUBLIC GANTRY_PLUGIN_ID="${id}" GANTRY_PLUGIN_VERSION="${PLUGIN_VERSION}")
    target_link_libraries(${id}_objects PUBLIC gantry::sdk ${PLUGIN_LIBRARIES})
    if(TARGET gantry_options)
        target_link_libraries(${id}_objects PRIVATE gantry_options)
    endif()
    gantry_plugin_compile_rules(${id}_objects)

    add_library(${id} MODULE $<TARGET_OBJECTS:${id}_objects>)
    target_link_libraries(${id} PRIVATE ${PLUGIN_LIBRARIES})
    gantry_plugin_link_rules(${id})
    gantry_plugin_manifest(${id} "${PLUGIN_VERSION}" "${PLUGIN_MANIFEST}")
    # Several versions may be installed beside each other.
    install(TARGETS ${id} LIBRARY DESTINATION lib/gantry/plugins/${id}/${PLUGIN_VERSION} COMPONENT plugin-${id})

    if(PLUGIN_TESTS AND (NOT DEFINED GANTRY_TESTS OR GANTRY_TESTS))
        gantry_plugin_tests(${id} ${PLUGIN_TESTS})
    endif()
endfunction()

# A plugin's symbols are its own: two plugins, or two generations of one, must never bind to each other's. Unique symbols
# would also keep the library mapped after dlclose() (only gcc makes them).
function(gantry_plugin_compile_rules target)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
        C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
endfunction()

function(gantry_plugin_link_rules target)
    set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
    set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${target} LINK_DEPENDS ${map}
        LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/plugins)
    target_link_options(${target} PRIVATE -Wl,--version-script=${map} -Wl,-z,now -Wl,-z,relro)
    # clang leaves its sanitizers' symbols to the executable; everywhere else nothing may be left unresolved.
    if(NOT (CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND "${GANTRY_SANITIZE}${CMAKE_CXX_FLAGS}" MATCHES "address|thread|undefined"))
        target_link_options(${target} PRIVATE -Wl,-z,defs)
    endif()
    add_custom_command(TARGET ${target} POST_BUILD VERBATIM
        COMMAND ${CMAKE_COMMAND} -D NM=${CMAKE_NM} -D FILE=$<TARGET_FILE:${target}>
                -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/CheckExports.cmake)
endfunction()

# Puts the manifest into the section .gantry.manifest, where the host reads it before it runs any code of the plugin.
function(gantry_plugin_manifest id version manifest)
    set(text "id: ${id}\nversion: ${version}\n")
    if(manifest)
        cmake_path(ABSOLUTE_PATH manifest BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifest})
        file(READ ${manifest} rest)
        string(APPEND text "${rest}")
    endif()
    set(embedded ${CMAKE_CURRENT_BINARY_DIR}/${id}.manifest.yaml)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${id}.manifest.cpp)
    file(CONFIGURE OUTPUT ${embedded} CONTENT "${text}" @ONLY)
    file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
        "__asm__(\".pushsection .gantry.manifest,\\\"\\\",@progbits\\n\\t.incbin \\\"${embedded}\\\"\\n\\t.popsection\");\n")
    set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${embedded})
    target_sources(${id} PRIVATE ${source})
endfunction()

function(gantry_plugin_tests id)
    find_package(GTest REQUIRED)
    add_executable(${id}_test ${ARGN} $<TARGET_OBJECTS:${id}_objects>)
    target_link_libraries(${id}_test PRIVATE gantry::testing GTest::gtest GTest::gmock GTest::gtest_main)
    if(TARGET gantry_options)
        target_link_libraries(${id}_test PRIVATE gantry_options)
    endif()
    target_include_directories(${id}_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
    target_compile_definitions(${id}_test PRIVATE GANTRY_GOLDEN_DIR="${CMAKE_CURRENT_SOURCE_DIR}/tests/golden"
        GANTRY_PLUGIN_FILE="$<TARGET_FILE:${id}>")
    add_dependencies(${id}_test ${id})
    add_test(NAME ${id}_test COMMAND ${id}_test)
    set_tests_properties(${id}_test PROPERTIES LABELS plugin TIMEOUT 120)
endfunction()
