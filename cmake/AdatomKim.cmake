# The sources of the KIM model driver, as one folder that kim-api-collections-management builds:
# `cmake --install BUILD --component kim` writes this folder alone.
set(ADATOM_KIM_DIR ${CMAKE_INSTALL_DATADIR}/adatom/kim/adatom_potential_driver)
set(from ${CMAKE_SOURCE_DIR}/src)

install(FILES ${CMAKE_SOURCE_DIR}/kim/CMakeLists.txt ${CMAKE_SOURCE_DIR}/kim/driver.c
  ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${ADATOM_KIM_DIR} COMPONENT kim)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/adatom DESTINATION ${ADATOM_KIM_DIR}/include
  COMPONENT kim FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(FILES ${CMAKE_BINARY_DIR}/include/adatom/version.h
  DESTINATION ${ADATOM_KIM_DIR}/include/adatom COMPONENT kim)
install(DIRECTORY ${from}/base ${from}/atoms ${from}/descriptor DESTINATION ${ADATOM_KIM_DIR}/src
  COMPONENT kim FILES_MATCHING PATTERN "*.c" PATTERN "*.h" PATTERN "*.def"
  REGEX "/descriptor/(describe|files)\\.c$" EXCLUDE) # tables of descriptors: they need HDF5
install(FILES ${from}/io/text_file.c ${from}/io/text_file.h ${from}/io/number_text.c
  ${from}/io/number_text.h DESTINATION ${ADATOM_KIM_DIR}/src/io COMPONENT kim)
file(GLOB dense CONFIGURE_DEPENDS ${from}/nn/dense*.[ch] ${from}/nn/activation.[ch])
list(FILTER dense EXCLUDE REGEX "/dense_float") # training in single precision
install(FILES ${dense} DESTINATION ${ADATOM_KIM_DIR}/src/nn COMPONENT kim)
install(FILES ${from}/nn/lanes/dense.h ${from}/nn/lanes/dense_single.h
  DESTINATION ${ADATOM_KIM_DIR}/src/nn/lanes COMPONENT kim)
install(FILES ${from}/potential/model.c ${from}/potential/model.h ${from}/potential/text.c
  ${from}/potential/text.h DESTINATION ${ADATOM_KIM_DIR}/src/potential COMPONENT kim)
