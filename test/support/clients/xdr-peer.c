// What libtirpc, by which libvirt reads its messages, makes of bytes. Each line of the input is the
// name of a codec and bytes in hexadecimal; each line of the output is `refused`, or what is
// written of the value that was read.
#include <rpc/types.h>
#include <rpc/xdr.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The limits are those of test/clients/xdr.test.ts.
enum {
  longestText = 4194304,
  mostBytes = 8,
  fixedBytes = 3,
  mostItems = 4,
  uuidBytes = 16,
  roomToWrite = 65536
};

typedef struct {
  char* name;
  char uuid[uuidBytes];
  int id;
} Domain;

typedef struct {
  u_int count;
  char* items;
} List;

typedef union {
  int number;
  u_int word;
  int64_t hyper;
  double real;
  char* text;
  List list;
  char fixed[fixedBytes];
  int* maybe;
  Domain domain;
  Domain* maybeDomain;
} Value;

static bool_t domain(XDR* xdr, Domain* value) {
  return xdr_string(xdr, &value->name, longestText) && xdr_opaque(xdr, value->uuid, uuidBytes) &&
         xdr_int(xdr, &value->id);
}

static bool_t convert(XDR* xdr, const char* codec, Value* value) {
  if (strcmp(codec, "int") == 0) return xdr_int(xdr, &value->number);
  if (strcmp(codec, "uint") == 0) return xdr_u_int(xdr, &value->word);
  if (strcmp(codec, "hyper") == 0) return xdr_int64_t(xdr, &value->hyper);
  if (strcmp(codec, "double") == 0) return xdr_double(xdr, &value->real);
  if (strcmp(codec, "text") == 0) return xdr_string(xdr, &value->text, longestText);
  if (strcmp(codec, "opaque") == 0)
    return xdr_bytes(xdr, &value->list.items, &value->list.count, mostBytes);
  if (strcmp(codec, "fixed") == 0) return xdr_opaque(xdr, value->fixed, fixedBytes);
  if (strcmp(codec, "optional") == 0) {
    return xdr_pointer(xdr, (char**)&value->maybe, sizeof(int), (xdrproc_t)xdr_int);
  }
  if (strcmp(codec, "list") == 0) {
    return xdr_array(xdr, &value->list.items, &value->list.count, mostItems, sizeof(int),
                     (xdrproc_t)xdr_int);
  }
  if (strcmp(codec, "domain") == 0) return domain(xdr, &value->domain);
  if (strcmp(codec, "domains") == 0) {
    return xdr_array(xdr, &value->list.items, &value->list.count, mostItems, sizeof(Domain),
                     (xdrproc_t)domain);
  }
  if (strcmp(codec, "optionalDomain") == 0) {
    return xdr_pointer(xdr, (char**)&value->maybeDomain, sizeof(Domain), (xdrproc_t)domain);
  }
  fprintf(stderr, "no codec %s\n", codec);
  exit(2);
}

int main(void) {
  static char codec[32], hex[8192], written[roomToWrite];
  while (scanf("%31s %8191s", codec, hex) == 2) {
    char bytes[sizeof hex / 2];
    u_int length = 0;
    // A dash stands for no bytes at all.
    for (const char* at = hex; at[0] != '-' && at[0] != '\0'; at += 2) {
      unsigned byte = 0;
      sscanf(at, "%2x", &byte);
      bytes[length++] = (char)byte;
    }
    Value value;
    memset(&value, 0, sizeof value);
    XDR from, to;
    xdrmem_create(&from, bytes, length, XDR_DECODE);
    if (!convert(&from, codec, &value)) {
      puts("refused");
      continue;
    }
    xdrmem_create(&to, written, sizeof written, XDR_ENCODE);
    if (!convert(&to, codec, &value)) return 3;
    for (u_int at = 0; at < xdr_getpos(&to); ++at) printf("%02x", (unsigned char)written[at]);
    puts("");
  }
  return 0;
}
