# opentelemetry-cpp as Debian builds it. Its own package file would also want the development files of gRPC, protobuf and
# curl, none of which our sources that include it need: they go through the factories only.
add_library(opentelemetry INTERFACE)
target_compile_definitions(opentelemetry INTERFACE HAVE_ABSEIL OPENTELEMETRY_ABI_VERSION_NO=1)
foreach(part exporter_otlp_http exporter_otlp_http_log http_client_curl trace logs resources common)
  find_library(OPENTELEMETRY_${part} opentelemetry_${part} REQUIRED)
  target_link_libraries(opentelemetry INTERFACE ${OPENTELEMETRY_${part}})
endforeach()
find_library(ABSL_BAD_VARIANT_ACCESS absl_bad_variant_access REQUIRED) # Debian's build takes std::variant from Abseil
target_link_libraries(opentelemetry INTERFACE ${ABSL_BAD_VARIANT_ACCESS})
