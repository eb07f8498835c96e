# The manual page, made from the tables of the program: adatom.1 in the build folder.
add_executable(adatom_manual ${CMAKE_SOURCE_DIR}/tools/manual.c)
target_include_directories(adatom_manual PRIVATE
  ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include ${CMAKE_SOURCE_DIR}/cli)
target_compile_definitions(adatom_manual PRIVATE _GNU_SOURCE)
target_link_libraries(adatom_manual PRIVATE adatom_lib adatom_flags)

add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/adatom.1
  COMMAND adatom_manual man > ${CMAKE_BINARY_DIR}/adatom.1
  DEPENDS adatom_manual VERBATIM COMMENT "Writing the manual page")
add_custom_target(manual ALL DEPENDS ${CMAKE_BINARY_DIR}/adatom.1)
install(FILES ${CMAKE_BINARY_DIR}/adatom.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
