# What is installed beside the programs. share/vinga is laid out as the checkout, so that scripts find their neighbours in either.
install(PROGRAMS run DESTINATION share/vinga)
install(PROGRAMS scripts/catalogue-import scripts/init scripts/report-pdf DESTINATION share/vinga/scripts)
install(FILES scripts/instance.sh scripts/pg.sh DESTINATION share/vinga/scripts)
install(DIRECTORY sql/deploy sql/revert sql/verify DESTINATION share/vinga/sql)
install(FILES sql/sqitch.conf sql/sqitch.plan DESTINATION share/vinga/sql)
install(DIRECTORY agreements/sample DESTINATION share/vinga/agreements)
install(FILES dashboards/grafana/operations.json dashboards/grafana/availability.json dashboards/grafana/support.json
	DESTINATION share/vinga/grafana)
install(DIRECTORY ${CMAKE_BINARY_DIR}/web DESTINATION share/vinga OPTIONAL) # scripts/web makes it, where Node is

set(VINGA_UNITS lib/systemd/system CACHE STRING "where systemd's units are installed")
file(GLOB units systemd/*.service systemd/*.socket systemd/*.timer)
install(FILES ${units} DESTINATION ${VINGA_UNITS})
foreach(name vinga vinga-agent)
	install(FILES systemd/${name}.sysusers DESTINATION lib/sysusers.d RENAME ${name}.conf)
	install(FILES systemd/${name}.tmpfiles DESTINATION lib/tmpfiles.d RENAME ${name}.conf)
endforeach()

install(FILES docs/man/vinga.1 docs/man/vinga-check.1 DESTINATION share/man/man1)
install(FILES docs/man/vingad.8 docs/man/vinga-agent.8 DESTINATION share/man/man8)
install(FILES completions/vinga.bash DESTINATION share/bash-completion/completions RENAME vinga)
file(GLOB texts docs/*.md docs/openapi.yaml)
install(FILES NEWS.md README.md ${texts} DESTINATION share/doc/vinga)
install(FILES plugins/connectors/servicenow.ini.example DESTINATION share/doc/vinga/examples)
