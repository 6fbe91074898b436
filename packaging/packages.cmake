# What is installed where, and what lies in which package: gantry, gantry-sdk-dev, gantry-plugin-<id>, gantry-all. A component
# of CMake is a package. `make package` builds them; docs/PACKAGES.md describes them.
include(GNUInstallDirs)
set(GANTRY_SYSCONFDIR ${CMAKE_INSTALL_FULL_SYSCONFDIR}/gantry)  # /etc where the prefix is /usr
set(packaging ${CMAKE_CURRENT_LIST_DIR})
set(generated ${PROJECT_BINARY_DIR}/packaging)

# Two builds of one source give the same bytes: every date in a package is that of the source.
string(TIMESTAMP GANTRY_RFC2822 "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(GANTRY_PACKAGE_RELEASE 1)

function(gantry_compress source target)
    get_filename_component(directory ${target} DIRECTORY)
    file(MAKE_DIRECTORY ${directory})
    execute_process(COMMAND gzip -9nc ${source} OUTPUT_FILE ${target} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# What every package has: who may do what with it, and what changed.
configure_file(${packaging}/debian/changelog.in ${generated}/changelog.Debian @ONLY)
gantry_compress(${generated}/changelog.Debian ${generated}/changelog.Debian.gz)
gantry_compress(${PROJECT_SOURCE_DIR}/docs/CHANGELOG.md ${generated}/changelog.gz)
function(gantry_package_documents component package)
    install(FILES ${packaging}/debian/copyright ${generated}/changelog.Debian.gz ${generated}/changelog.gz
        DESTINATION share/doc/${package} COMPONENT ${component})
endfunction()

# gantry: the host. Its binary is installed where it is built, in host/CMakeLists.txt.
# Its manual and completions are made by the binary itself from its command line, so that they say what it does.
add_custom_command(OUTPUT ${generated}/gantry.1.gz ${generated}/completion/gantry ${generated}/completion/gantry.fish
        ${generated}/completion/_gantry
    COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}/completion
    COMMAND gantry man > ${generated}/gantry.1
    COMMAND gzip -9nc ${generated}/gantry.1 > ${generated}/gantry.1.gz
    COMMAND gantry completion bash > ${generated}/completion/gantry
    COMMAND gantry completion fish > ${generated}/completion/gantry.fish
    COMMAND gantry completion zsh > ${generated}/completion/_gantry
    DEPENDS gantry VERBATIM)
add_custom_target(gantry_manual ALL DEPENDS ${generated}/gantry.1.gz)
install(FILES ${generated}/gantry.1.gz DESTINATION share/man/man1 COMPONENT host)
install(FILES ${generated}/completion/gantry DESTINATION share/bash-completion/completions COMPONENT host)
install(FILES ${generated}/completion/gantry.fish DESTINATION share/fish/vendor_completions.d COMPONENT host)
# Debian's zsh looks into the first folder, that of the .rpm distributions into the second.
foreach(folder vendor-completions site-functions)
    install(FILES ${generated}/completion/_gantry DESTINATION share/zsh/${folder} COMPONENT host)
endforeach()
install(FILES ${packaging}/systemd/gantry.service DESTINATION lib/systemd/system COMPONENT host)
install(FILES config/gantry.yaml DESTINATION ${GANTRY_SYSCONFDIR} COMPONENT host)
install(DIRECTORY DESTINATION ${GANTRY_SYSCONFDIR}/plugins.d COMPONENT host)
# Made by packaging/docs_ui/build.sh; without it the host answers 503 on /docs.
install(DIRECTORY build/docs-ui/ DESTINATION share/gantry/docs-ui COMPONENT host OPTIONAL PATTERN .made_of EXCLUDE)
gantry_package_documents(host gantry)

# gantry-plugin-<id>: each plugin of plugins/, its migrations and the file that switches it on.
get_property(packaged_plugins GLOBAL PROPERTY GANTRY_PACKAGED_PLUGINS)
foreach(id ${packaged_plugins})
    set(component plugin-${id})
    set(settings ${packaging}/plugins.d/${id}.yaml)
    if(NOT EXISTS ${settings})
        set(settings ${generated}/plugins.d/${id}.yaml)
        configure_file(${packaging}/plugin.yaml.in ${settings} @ONLY)
    endif()
    install(FILES ${settings} DESTINATION ${GANTRY_SYSCONFDIR}/plugins.d COMPONENT ${component})
    if(EXISTS ${PROJECT_SOURCE_DIR}/migrations/${id})
        install(DIRECTORY migrations/${id} DESTINATION share/gantry/migrations COMPONENT ${component})
    endif()
    install(FILES plugins/${id}/README.md DESTINATION share/doc/gantry-plugin-${id} COMPONENT ${component})
    gantry_package_documents(${component} gantry-plugin-${id})
endforeach()
if(EXISTS ${PROJECT_SOURCE_DIR}/migrations/gantry)
    install(DIRECTORY migrations/gantry DESTINATION share/gantry/migrations COMPONENT host)
endif()

# gantry-sdk-dev is laid out in sdk/CMakeLists.txt.
gantry_package_documents(sdk-dev gantry-sdk-dev)
gantry_package_documents(meta gantry-all)

include(${packaging}/cpack.cmake)
