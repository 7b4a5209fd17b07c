# Part of `cmake --install`: mbplantd.service and mbplantd@.service of one file, for the prefix that is installed to.
function(mbp_unit name)
  cmake_path(ABSOLUTE_PATH MBP_BINDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" NORMALIZE OUTPUT_VARIABLE MBP_UNIT_BINDIR)
  string(REPLACE "%" "%%" MBP_UNIT_BINDIR "${MBP_UNIT_BINDIR}") # as systemd writes one
  string(REPLACE " " "\\x20" MBP_UNIT_BINDIR "${MBP_UNIT_BINDIR}")
  configure_file("${MBP_UNITS}/service.in" "${MBP_UNITS_MADE}/${name}" @ONLY)
  file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/systemd/system" TYPE FILE FILES "${MBP_UNITS_MADE}/${name}")
  # file() takes this from its caller, and adds to it
  set(CMAKE_INSTALL_MANIFEST_FILES "${CMAKE_INSTALL_MANIFEST_FILES}" PARENT_SCOPE)
endfunction()

set(MBP_UNIT_WHAT "The plant of /etc/mbplant/plant.yaml, behind the sockets of mbplantd.socket and mbplantd-http.socket.")
set(MBP_UNIT_ALSO "")
set(MBP_UNIT_DESCRIPTION "mbplant, a simulated industrial plant behind Modbus TCP")
set(MBP_UNIT_AFTER "Requires=mbplantd.socket
Wants=mbplantd-http.socket
After=mbplantd.socket mbplantd-http.socket")
set(MBP_UNIT_STATE mbplant)
set(MBP_UNIT_PLANT plant)
set(MBP_UNIT_NETWORK "# systemd hands it the sockets that it serves; it can make none but local ones, for systemd.
PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX")
set(MBP_UNIT_ALONG "Also=mbplantd.socket mbplantd-http.socket")
mbp_unit(mbplantd.service)

set(MBP_UNIT_WHAT "The plant of /etc/mbplant/NAME.yaml, as mbplantd@NAME.service. It opens the addresses of its file by itself.")
set(MBP_UNIT_ALSO ", listens")
set(MBP_UNIT_DESCRIPTION "mbplant, the simulated industrial plant %i")
set(MBP_UNIT_AFTER "Wants=network-online.target
After=network-online.target")
set(MBP_UNIT_STATE mbplant-%i)
set(MBP_UNIT_PLANT %i)
set(MBP_UNIT_NETWORK "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX")
set(MBP_UNIT_ALONG "")
mbp_unit(mbplantd@.service)
