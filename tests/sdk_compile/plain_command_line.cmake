execute_process(COMMAND ${CXX} -std=c++17 -O2 -shared -fPIC -I${INCLUDE} ${SOURCE} -o ${OUTPUT}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${READELF} -W --dyn-syms ${OUTPUT} OUTPUT_VARIABLE symbols
                COMMAND_ERROR_IS_FATAL ANY)
if(symbols MATCHES "UNIQUE[^\n]+")
  message(FATAL_ERROR "${OUTPUT} has a unique symbol: ${CMAKE_MATCH_0}")
endif()
if(symbols MATCHES "[^\n]+ [A-Za-z0-9_]*7partita[^\n]*")
  message(FATAL_ERROR "${OUTPUT} shows a symbol of the SDK: ${CMAKE_MATCH_0}")
endif()
