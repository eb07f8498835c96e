# adatom_test(NAME FOLDERS folder... LABELS label... [LIBRARIES target...])
#
# Builds NAME.c, a cmocka program, against the internal libraries of the folders and registers it.
# LABELS say what the test is for: unit, gradient, physics, cli, package.
function(adatom_test name)
  cmake_parse_arguments(ARG "" "" "FOLDERS;LABELS;LIBRARIES" ${ARGN})
  add_executable(${name} ${name}.c)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  foreach(folder ${ARG_FOLDERS})
    target_link_libraries(${name} PRIVATE adatom_${folder})
  endforeach()
  target_link_libraries(${name} PRIVATE adatom_flags PkgConfig::CMOCKA ${ARG_LIBRARIES} m)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600)
endfunction()
