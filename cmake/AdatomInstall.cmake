# What `make install` puts where: the program, the shared library, the public headers, and what
# pkg-config and find_package(adatom) need. The archives of the folders stay inside.
include(CMakePackageConfigHelpers)

set(ADATOM_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/adatom)

set_target_properties(adatom_lib PROPERTIES EXPORT_NAME adatom)
target_include_directories(adatom_lib INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(TARGETS adatom_lib EXPORT adatomTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})

if(TARGET adatom_cli)
  # The program finds the library beside it wherever the two are moved.
  file(RELATIVE_PATH to_library /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
  set_target_properties(adatom_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${to_library}")
  install(TARGETS adatom_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/adatom DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(FILES ${CMAKE_BINARY_DIR}/include/adatom/version.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/adatom)

# pkg-config: paths count from the file itself, so that the tree can be moved.
file(RELATIVE_PATH ADATOM_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_SOURCE_DIR}/cmake/adatom.pc.in ${CMAKE_BINARY_DIR}/adatom.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/adatom.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# find_package(adatom)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/adatomConfig.cmake.in
  ${CMAKE_BINARY_DIR}/adatomConfig.cmake INSTALL_DESTINATION ${ADATOM_CMAKE_DIR}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/adatomConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/adatomConfig.cmake ${CMAKE_BINARY_DIR}/adatomConfigVersion.cmake
  DESTINATION ${ADATOM_CMAKE_DIR})
install(EXPORT adatomTargets NAMESPACE adatom:: DESTINATION ${ADATOM_CMAKE_DIR})

# The manual page is installed where it is made, tools/manual.cmake.
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE ${CMAKE_SOURCE_DIR}/README.md
  ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${CMAKE_SOURCE_DIR}/CITATION.cff
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${CMAKE_SOURCE_DIR}/python/adatom.py DESTINATION ${CMAKE_INSTALL_DATADIR}/adatom/python)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs ${CMAKE_SOURCE_DIR}/examples
  DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN "__pycache__" EXCLUDE)
