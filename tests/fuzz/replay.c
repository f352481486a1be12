/* Gives each file of a directory to a fuzz target, without libFuzzer: replay_NOUN DIRECTORY */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

enum { LARGEST = 1 << 20 };

/* The copy has exactly the file's size, so that the sanitizer sees a read beyond it. */
static void replay_bytes(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    for (size_t i = 0; i < size; i++)
        copy[i] = bytes[i];
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int replay_file(const char *directory, const char *name)
{
    static uint8_t bytes[LARGEST];
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = n > 0 && (size_t)n < sizeof path ? fopen(path, "rb") : NULL;
    if (!file) {
        perror(path);
        return 1;
    }
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    fprintf(stderr, "%s\n", path); /* the last one named is the one that failed */
    replay_bytes(bytes, size);
    return 0;
}

int main(int argc, char **argv)
{
    int failures = 0, count = 0;
    DIR *directory = argc == 2 ? opendir(argv[1]) : NULL;
    if (!directory) {
        fprintf(stderr, "usage: %s DIRECTORY (with seeds)\n", argv[0]);
        return 2;
    }
    for (const struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        failures += replay_file(argv[1], entry->d_name);
        count++;
    }
    closedir(directory);
    printf("%d seeds replayed, %d unreadable\n", count, failures);
    return failures || !count;
}
