# vg_module(name [LIBS lib...]): one folder of lib/ as a static library vg_<name>. The folder wraps at most one
# outside library, and no other folder includes that library's headers (tests/lint/layers checks it).
function(vg_module name)
	cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
	file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.c)
	if(sources)
		add_library(vg_${name} STATIC ${sources})
		target_link_libraries(vg_${name} PUBLIC ${arg_LIBS})
	endif()
endfunction()
