# adatom_folder(NAME USES folder... LIBRARIES target...)
#
# Declares src/NAME as the object library adatom_NAME. USES lists the folders below that it may
# call; LIBRARIES the outside libraries that it links. The sources are all *.c files of the folder.
function(adatom_folder name)
  cmake_parse_arguments(ARG "" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.c)
  if(NOT sources)
    add_library(adatom_${name} INTERFACE)
    return()
  endif()
  add_library(adatom_${name} STATIC ${sources})
  target_compile_definitions(adatom_${name} PRIVATE ADATOM_BUILDING _GNU_SOURCE)
  target_include_directories(adatom_${name} PUBLIC
    ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include ${CMAKE_SOURCE_DIR}/src)
  foreach(folder ${ARG_USES})
    target_link_libraries(adatom_${name} PUBLIC adatom_${folder})
  endforeach()
  target_link_libraries(adatom_${name} PUBLIC adatom_flags PRIVATE ${ARG_LIBRARIES})
  target_link_libraries(adatom_${name} PUBLIC m)
  set_property(GLOBAL APPEND PROPERTY ADATOM_FOLDERS adatom_${name})
  set_property(GLOBAL APPEND PROPERTY ADATOM_LIBRARIES ${ARG_LIBRARIES})
endfunction()

# adatom_optional_library(FOLDER NAME target...)
#
# Links src/FOLDER with the outside libraries where NAME_FOUND says that they are there, and defines
# ADATOM_HAVE_NAME for it then.
function(adatom_optional_library folder name)
  if(NOT ${name}_FOUND)
    return()
  endif()
  target_link_libraries(adatom_${folder} PRIVATE ${ARGN})
  target_compile_definitions(adatom_${folder} PRIVATE ADATOM_HAVE_${name})
  set_property(GLOBAL APPEND PROPERTY ADATOM_LIBRARIES ${ARGN})
endfunction()

# Flags that every target of the project is compiled and linked with.
add_library(adatom_flags INTERFACE)
target_compile_options(adatom_flags INTERFACE
  -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -Wwrite-strings -Wundef -fno-math-errno)
if(ADATOM_WERROR)
  target_compile_options(adatom_flags INTERFACE -Werror)
endif()
if(ADATOM_SANITIZE)
  target_compile_options(adatom_flags INTERFACE -fsanitize=${ADATOM_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(adatom_flags INTERFACE -fsanitize=${ADATOM_SANITIZE})
endif()
if(ADATOM_FUZZ)
  target_compile_options(adatom_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
