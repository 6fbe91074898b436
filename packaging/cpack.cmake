# The packages' names, relations and scripts for CPack. What lies in them is decided in packages.cmake.
set(CPACK_GENERATOR DEB RPM)
set(CPACK_PACKAGE_NAME gantry)
set(CPACK_PACKAGE_VENDOR "The Gantry authors")
# The very words CPack takes for "none given": otherwise they would stand above the synopsis of each package.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_NAME} built using CMake")
set(CPACK_PACKAGE_CONTACT "The Gantry authors <gantry@packages.example.org>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL host sdk-dev meta)
set(CPACK_COMPONENTS_GROUPING IGNORE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${GANTRY_PACKAGE_RELEASE})
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_RELEASE ${GANTRY_PACKAGE_RELEASE})
set(CPACK_RPM_PACKAGE_LICENSE Apache-2.0)
set(CPACK_RPM_MAIN_COMPONENT host)
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)
# Folders that belong to the system, not to us.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /etc /usr/lib/systemd /usr/lib/systemd/system /usr/share/man /usr/share/man/man1
    /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/fish /usr/share/fish/vendor_completions.d
    /usr/share/zsh /usr/share/zsh/vendor-completions /usr/share/zsh/site-functions /usr/share/cmake /usr/share/pkgconfig)
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _build_id_links none\n%define source_date_epoch_from_changelog 0\n\
%define use_source_date_epoch_as_buildtime 1\n%define clamp_mtime_to_source_date_epoch 1\n%define _buildhost gantry")

set(built_for "${PROJECT_VERSION}-${GANTRY_PACKAGE_RELEASE}")

# gantry_package(<component> <package> <synopsis> <text>): the words of one package, for both kinds.
function(gantry_package component package synopsis text)
    string(TOUPPER ${component} COMPONENT)
    set(CPACK_COMPONENT_${COMPONENT}_DESCRIPTION "${synopsis}\n${text}" PARENT_SCOPE)
    set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME ${package} PARENT_SCOPE)
    set(CPACK_RPM_${COMPONENT}_PACKAGE_NAME ${package} PARENT_SCOPE)
    set(CPACK_RPM_${COMPONENT}_PACKAGE_SUMMARY "${synopsis}" PARENT_SCOPE)
    set(CPACK_RPM_${COMPONENT}_PACKAGE_DESCRIPTION "${text}" PARENT_SCOPE)
endfunction()

gantry_package(host gantry "server that becomes what its plugins make of it"
    "Gantry loads shared-library plugins through a stable C ABI, gives each of them\n\
a database schema, settings and logs, and serves their routes over HTTP.\n\
It runs on a PostgreSQL of its own, or on the server that it is told to use.")
set(CPACK_DEBIAN_HOST_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_HOST_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_HOST_PACKAGE_RECOMMENDS "postgresql-15 | postgresql")
set(CPACK_DEBIAN_HOST_PACKAGE_CONTROL_EXTRA ${packaging}/debian/gantry/conffiles ${packaging}/debian/gantry/postinst
    ${packaging}/debian/gantry/prerm ${packaging}/debian/gantry/postrm ${packaging}/debian/gantry/triggers)
set(CPACK_RPM_HOST_PRE_INSTALL_SCRIPT_FILE ${packaging}/rpm/pre.sh)
set(CPACK_RPM_HOST_POST_INSTALL_SCRIPT_FILE ${packaging}/rpm/post.sh)
set(CPACK_RPM_HOST_PRE_UNINSTALL_SCRIPT_FILE ${packaging}/rpm/preun.sh)
set(CPACK_RPM_HOST_POST_UNINSTALL_SCRIPT_FILE ${packaging}/rpm/postun.sh)
set(CPACK_RPM_HOST_PACKAGE_REQUIRES_PRE shadow-utils)
set(CPACK_RPM_HOST_PACKAGE_SUGGESTS postgresql-server)
set(CPACK_RPM_HOST_USER_FILELIST "%config(noreplace) /etc/gantry/gantry.yaml")

gantry_package(sdk-dev gantry-sdk-dev "headers, CMake functions and template for plugins of Gantry"
    "The C ABI between Gantry and its plugins, the C++20 wrapper around it, a fake\n\
host for tests, gantry_add_plugin() for CMake, and the plugin that\n\
'gantry plugin new' copies.")
set(CPACK_DEBIAN_SDK-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK-DEV_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SDK-DEV_PACKAGE_DEPENDS "g++ (>= 4:12), cmake (>= 3.25), make, ninja-build, rapidjson-dev, libgtest-dev, libgmock-dev")
set(CPACK_DEBIAN_SDK-DEV_PACKAGE_RECOMMENDS gantry)
set(CPACK_RPM_SDK-DEV_PACKAGE_ARCHITECTURE noarch)
set(CPACK_RPM_SDK-DEV_PACKAGE_REQUIRES "gcc-c++ >= 12, cmake >= 3.25, make, ninja-build, rapidjson-devel, gtest-devel, gmock-devel")
set(CPACK_RPM_SDK-DEV_PACKAGE_AUTOREQPROV no)

set(all_of_them "gantry (= ${built_for}), gantry-sdk-dev (= ${built_for})")
set(all_of_them_rpm "gantry = ${built_for}, gantry-sdk-dev = ${built_for}")
foreach(id ${packaged_plugins})
    set(component plugin-${id})
    string(TOUPPER ${component} COMPONENT)
    list(APPEND CPACK_COMPONENTS_ALL ${component})
    file(STRINGS plugins/${id}/manifest.yaml summary REGEX "^summary:")
    string(REGEX REPLACE "^summary: *\"?([^\"]*)\"?$" "\\1" summary "${summary}")
    gantry_package(${component} gantry-plugin-${id} "plugin '${id}' of Gantry" "${summary}.\nIt is switched on and set up in /etc/gantry/plugins.d/${id}.yaml.")
    set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_SHLIBDEPS ON)
    set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_DEPENDS "gantry (>= ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})")
    file(WRITE ${generated}/${component}/conffiles "/etc/gantry/plugins.d/${id}.yaml\n")
    set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_CONTROL_EXTRA ${generated}/${component}/conffiles
        ${packaging}/debian/plugin/triggers)
    set(CPACK_RPM_${COMPONENT}_PACKAGE_REQUIRES "gantry >= ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
    set(CPACK_RPM_${COMPONENT}_POST_INSTALL_SCRIPT_FILE ${packaging}/rpm/plugin_post.sh)
    set(CPACK_RPM_${COMPONENT}_POST_UNINSTALL_SCRIPT_FILE ${packaging}/rpm/plugin_postun.sh)
    set(CPACK_RPM_${COMPONENT}_PACKAGE_AUTOPROV no)
    set(CPACK_RPM_${COMPONENT}_USER_FILELIST "%config(noreplace) /etc/gantry/plugins.d/${id}.yaml")
    string(APPEND all_of_them ", gantry-plugin-${id} (= ${built_for})")
    string(APPEND all_of_them_rpm ", gantry-plugin-${id} = ${built_for}")
endforeach()

gantry_package(meta gantry-all "all of Gantry: the host, its plugins and the SDK"
    "This package holds nothing by itself: it brings in gantry, every plugin that\n\
is built with it, and gantry-sdk-dev.")
set(CPACK_DEBIAN_META_PACKAGE_SECTION metapackages)
set(CPACK_DEBIAN_META_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_META_PACKAGE_DEPENDS "${all_of_them}")
set(CPACK_RPM_META_PACKAGE_ARCHITECTURE noarch)
set(CPACK_RPM_META_PACKAGE_REQUIRES "${all_of_them_rpm}")

include(CPack)
