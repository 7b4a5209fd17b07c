# One target carries the warnings, the sanitizer and the hardening; everything of ours links it.
add_library(mbp_options INTERFACE)
target_include_directories(mbp_options INTERFACE ${CMAKE_SOURCE_DIR}/include)
target_compile_definitions(mbp_options INTERFACE _GNU_SOURCE)
# gcc 12 loses sight of what a cast narrows once UndefinedBehaviorSanitizer has instrumented the shift inside it, so
# -Wconversion is for builds without a sanitizer; the test release.build is one.
target_compile_options(mbp_options INTERFACE
  -Wall -Wextra $<$<STREQUAL:${MBP_SANITIZE},none>:-Wconversion> -Wshadow -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes
  $<$<BOOL:${MBP_WERROR}>:-Werror>)
target_link_libraries(mbp_options INTERFACE m)

if(MBP_SANITIZE STREQUAL "none")
  # Not in Debug: fortify wants optimised code. A compiler may set a lower level of it by itself, hence -U.
  set(_mbp_optimised $<CONFIG:Release,RelWithDebInfo,MinSizeRel>)
  include(CheckCCompilerFlag)
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection) # the last is for x86 alone
    string(MAKE_C_IDENTIFIER "MBP_HAS${flag}" known)
    check_c_compiler_flag(${flag} ${known})
    if(${known})
      target_compile_options(mbp_options INTERFACE $<${_mbp_optimised}:${flag}>)
    endif()
  endforeach()
  target_compile_options(mbp_options INTERFACE $<${_mbp_optimised}:-U_FORTIFY_SOURCE>
                                               $<${_mbp_optimised}:-D_FORTIFY_SOURCE=3>)
  target_link_options(mbp_options INTERFACE $<${_mbp_optimised}:-Wl,-z,relro,-z,now>)
  include(CheckPIESupported)
  check_pie_supported(LANGUAGES C)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  # Each stage is a library of its own; a request crosses four of them.
  include(CheckIPOSupported)
  check_ipo_supported(RESULT MBP_LTO OUTPUT MBP_LTO_WHY LANGUAGES C)
  if(MBP_LTO)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION_RELEASE ON)
    target_link_options(mbp_options INTERFACE $<$<CONFIG:Release>:-flto=auto>) # on all cores; plain -flto warns
  endif()
else()
  set(_mbp_san "${MBP_SANITIZE}")
  if(_mbp_san STREQUAL "address")
    set(_mbp_san "address,undefined")
  endif()
  target_compile_options(mbp_options INTERFACE -fsanitize=${_mbp_san} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(mbp_options INTERFACE -fsanitize=${_mbp_san})
endif()
