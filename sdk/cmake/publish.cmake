# Puts FILE into the directory DESTINATION so that it is there whole or not at all: a host that watches
# the directory sees one event, and a process that has the old file loaded keeps it.
get_filename_component(name ${FILE} NAME)
file(MAKE_DIRECTORY ${DESTINATION})
string(RANDOM LENGTH 8 suffix)
set(staged ${DESTINATION}/.${name}.${suffix})
file(COPY_FILE ${FILE} ${staged})
file(RENAME ${staged} ${DESTINATION}/${name})
