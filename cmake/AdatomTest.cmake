# adatom_test(NAME FOLDERS folder... LABELS label... [LIBRARIES target...])
#
# Builds NAME.c, a cmocka program, against the internal libraries of the folders and registers it.
# LABELS say what the test is for: unit, gradient, physics, cli, package, structure, example; threads
# marks those that the thread sanitizer is run on.
#
# Under a sanitizer a refused allocation returns NULL, as it does without one, and what foreign
# libraries keep to the end is no leak of ours.
set(ADATOM_TEST_ENVIRONMENT
  ASAN_OPTIONS=allocator_may_return_null=1 TSAN_OPTIONS=allocator_may_return_null=1
  LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/leaks.supp:print_suppressions=0)
function(adatom_test name)
  cmake_parse_arguments(ARG "" "" "FOLDERS;LABELS;LIBRARIES" ${ARGN})
  add_executable(${name} ${name}.c)
  set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ${ADATOM_FUZZ})
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  foreach(folder ${ARG_FOLDERS})
    target_link_libraries(${name} PRIVATE adatom_${folder})
  endforeach()
  target_link_libraries(${name} PRIVATE adatom_flags PkgConfig::CMOCKA ${ARG_LIBRARIES} m)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600
    ENVIRONMENT "${ADATOM_TEST_ENVIRONMENT}")
endfunction()

# adatom_fuzz(NAME FOLDERS folder... [SEEDS folder] [DICTIONARY file])
#
# Builds NAME.c, which holds LLVMFuzzerTestOneInput, with libFuzzer and lets it search for
# ADATOM_FUZZ_SECONDS; only where ADATOM_FUZZ is on. SEEDS holds inputs to start from.
set(ADATOM_FUZZ_SECONDS 15 CACHE STRING "Seconds that each fuzz target runs")
add_custom_target(fuzz_targets) # these alone: instrumented, the network takes minutes to compile
function(adatom_fuzz name)
  cmake_parse_arguments(ARG "" "SEEDS;DICTIONARY" "FOLDERS;LIBRARIES" ${ARGN})
  if(NOT ADATOM_FUZZ)
    return()
  endif()
  add_executable(${name} ${name}.c)
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  foreach(folder ${ARG_FOLDERS})
    target_link_libraries(${name} PRIVATE adatom_${folder})
  endforeach()
  target_link_libraries(${name} PRIVATE adatom_flags ${ARG_LIBRARIES} m)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzz_targets ${name})
  set(corpus ${CMAKE_CURRENT_BINARY_DIR}/${name}-corpus)
  file(MAKE_DIRECTORY ${corpus})
  set(arguments -max_total_time=${ADATOM_FUZZ_SECONDS} -timeout=20 -rss_limit_mb=2048
    -max_len=4096 -print_final_stats=1 -artifact_prefix=${corpus}-)
  if(ARG_DICTIONARY)
    list(APPEND arguments -dict=${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DICTIONARY})
  endif()
  list(APPEND arguments ${corpus})
  if(ARG_SEEDS)
    list(APPEND arguments ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_SEEDS})
  endif()
  add_test(NAME ${name} COMMAND ${name} ${arguments})
  set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 600)
endfunction()

# Debian's interpreter, which sees python3-ase and its like.
set(ADATOM_PYTHON /usr/bin/python3 CACHE FILEPATH "Python with ASE, h5py and Pillow")

# adatom_script(NAME LABELS label... ARGUMENTS argument...)
#
# Registers the Python program NAME.py as a test.
function(adatom_script name)
  cmake_parse_arguments(ARG "" "" "LABELS;ARGUMENTS" ${ARGN})
  add_test(NAME ${name}
    COMMAND ${ADATOM_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/${name}.py ${ARG_ARGUMENTS})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600
    ENVIRONMENT "${ADATOM_TEST_ENVIRONMENT}")
endfunction()
