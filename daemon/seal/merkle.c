#include "merkle.h"

#include "arena.h"

static struct slice bytes_of(const struct digest *digest)
{
    return slice_make((const char *)digest->bytes, DIGEST_SIZE);
}

static struct digest node(const struct digest *left, const struct digest *right)
{
    return digest_with(DIGEST_NODE, bytes_of(left), bytes_of(right));
}

/* Pairing level by level, an odd one going up alone, gives the tree of the RFC. */
struct digest merkle_root(const struct digest *leaves, size_t count)
{
    if (!count)
        return digest_of(slice_make("", 0));
    struct digest *level = xcalloc(count, sizeof *level), root;
    memcpy(level, leaves, count * sizeof *level);
    for (; count > 1; count = (count + 1) / 2)
        for (size_t i = 0; i < count; i += 2)
            level[i / 2] = i + 1 < count ? node(&level[i], &level[i + 1]) : level[i];
    root = level[0];
    xfree(level);
    return root;
}

static size_t split_of(size_t count)
{
    size_t split = 1;
    while (split * 2 < count)
        split *= 2;
    return split;
}

size_t merkle_path(const struct digest *leaves, size_t count, size_t index,
                   struct digest path[MERKLE_PATH_MAX])
{
    struct digest down[MERKLE_PATH_MAX];
    size_t length = 0;
    while (count > 1 && length < MERKLE_PATH_MAX) {
        size_t split = split_of(count);
        bool is_left = index < split;
        down[length++] = is_left ? merkle_root(leaves + split, count - split) : merkle_root(leaves, split);
        leaves += is_left ? 0 : split;
        index -= is_left ? 0 : split;
        count = is_left ? split : count - split;
    }
    for (size_t i = 0; i < length; i++)
        path[i] = down[length - 1 - i];
    return length;
}

bool merkle_includes(const struct digest *root, size_t count, size_t index, const struct digest *leaf,
                     const struct digest *path, size_t length)
{
    if (index >= count)
        return false;
    size_t at = index, last = count - 1;
    struct digest here = *leaf;
    for (size_t i = 0; i < length; i++) {
        if (last == 0)
            return false;
        if (at % 2 || at == last) {
            here = node(&path[i], &here);
            for (; at % 2 == 0 && at; at /= 2)
                last /= 2;
        } else {
            here = node(&here, &path[i]);
        }
        at /= 2;
        last /= 2;
    }
    return last == 0 && digest_equal(&here, root);
}
