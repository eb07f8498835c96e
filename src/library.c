/* The shared library is made of the folders' archives; CMake wants one source of its own. */
typedef int adatom_library_has_no_code_of_its_own;
