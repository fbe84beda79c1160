/* The multi-ISA binary's manifest. */
#include "tools/popcorn-dump/dump.h"

#include <stdio.h>

void dump_manifest_text(const char *path, const struct popcorn_pack_info *info)
{
    char id[65], hash[65];

    hex_text(info->program_id, 32, id);
    hex_text(info->layout_hash, 32, hash);
    printf("%s: multi-ISA binary, format %u, ABI %u, popcorn %s\n"
           "program id  %s\nlayout hash %s\n",
           path, info->format_version, info->abi_version, info->popcorn_version,
           id, hash);
    for (uint32_t i = 0; i < info->image_count; i++) {
        const struct popcorn_pack_image *image = &info->image[i];
        hex_text(image->sha256, 32, hash);
        printf("image %-10s %s offset %llu, %llu bytes, entry 0x%llx, "
               "sha256 %s\n",
               image->isa, image->is_host ? "(host)" : "      ",
               (unsigned long long)image->offset,
               (unsigned long long)image->size_bytes,
               (unsigned long long)image->entry, hash);
    }
}

cJSON *dump_manifest_json(const struct popcorn_pack_info *info)
{
    cJSON *object = cJSON_CreateObject(), *list;
    char hash[65];

    cJSON_AddNumberToObject(object, "format_version", info->format_version);
    cJSON_AddNumberToObject(object, "abi_version", info->abi_version);
    cJSON_AddStringToObject(object, "popcorn_version", info->popcorn_version);
    hex_text(info->program_id, 32, hash);
    cJSON_AddStringToObject(object, "program_id", hash);
    hex_text(info->layout_hash, 32, hash);
    cJSON_AddStringToObject(object, "layout_hash", hash);
    list = cJSON_AddArrayToObject(object, "images");
    for (uint32_t i = 0; i < info->image_count; i++) {
        const struct popcorn_pack_image *image = &info->image[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "isa", image->isa);
        cJSON_AddBoolToObject(item, "host", image->is_host);
        cJSON_AddNumberToObject(item, "elf_machine", image->elf_machine);
        cJSON_AddNumberToObject(item, "offset", (double)image->offset);
        cJSON_AddNumberToObject(item, "size_bytes", (double)image->size_bytes);
        add_hex(item, "entry", image->entry);
        hex_text(image->sha256, 32, hash);
        cJSON_AddStringToObject(item, "sha256", hash);
        cJSON_AddItemToArray(list, item);
    }
    return object;
}
