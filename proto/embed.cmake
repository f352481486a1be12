# cmake -DINPUT=openapi.json -DOUTPUT=openapi.c -DHEADER=openapi.h -DNAME=openapi_json -P embed.cmake
# writes the bytes of INPUT as a C array NAME, and its size as NAME_size.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)" "\\1\n"
       bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

const unsigned char ${NAME}[] = {
${bytes}
};
const size_t ${NAME}_size = sizeof ${NAME};
")
