# SPDX-License-Identifier: Apache-2.0
# samzak8s: one binary from src/ (C) and lua/ (embedded). `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share

CC ?= cc
CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
LUA ?= lua5.4
LUA_PKG ?= lua5.4
CJSON_PKG ?= lua5.4-cjson
BUILD ?= build

PKGS := $(LUA_PKG) $(CJSON_PKG) rdkafka yaml-0.1 libcrypto
ZOOKEEPER_CFLAGS ?= -I/usr/include/zookeeper
ZOOKEEPER_LIBS ?= -lzookeeper_mt
EDIT ?= $(shell $(PKG_CONFIG) --exists libedit 2>/dev/null && echo edit || echo plain)
EDIT_LIBS_edit = $(shell $(PKG_CONFIG) --libs libedit)

SK_WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wcast-qual -Wformat=2 -Wundef -Wvla $(WERROR)
SK_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -fPIC -ffile-prefix-map=$(CURDIR)/= $(SK_WARN) $(SANITIZE) \
	-Isrc -Isrc/native $(shell $(PKG_CONFIG) --cflags $(PKGS)) $(ZOOKEEPER_CFLAGS)
SK_LDFLAGS = $(SANITIZE) -Wl,--as-needed
SK_LIBS = $(shell $(PKG_CONFIG) --libs $(PKGS)) $(ZOOKEEPER_LIBS) -lpthread -ldl -lm

NATIVE := $(sort $(wildcard src/native/*.c))
HOST := $(filter-out src/line_%.c,$(sort $(wildcard src/*.c))) $(wildcard src/line_$(EDIT).c)
NATIVE_O := $(patsubst %.c,$(BUILD)/%.o,$(NATIVE) $(wildcard src/child.c))
HOST_O := $(filter-out $(BUILD)/src/child.o,$(HOST:%.c=$(BUILD)/%.o)) $(BUILD)/embedded.o
LUA_SOURCES := $(sort $(shell find lua -name '*.lua' -not -path 'lua/meta/*'))
VERSION := $(shell cat .version 2>/dev/null || git describe --always --dirty 2>/dev/null || echo unknown)

.PHONY: all clean help unit lua
all: $(BUILD)/samzak8s

$(BUILD)/samzak8s: $(HOST_O) $(NATIVE_O)
	$(CC) $(CFLAGS) $(SK_LDFLAGS) $(LDFLAGS) -Wl,-E -o $@ $^ $(SK_LIBS) $(EDIT_LIBS_$(EDIT))

# The bindings alone, for stock lua5.4 (tests): require "samzak8s.native.yaml" with --cpath='build/?.so'.
$(BUILD)/samzak8s.so: $(NATIVE_O)
	$(CC) $(CFLAGS) $(SK_LDFLAGS) $(LDFLAGS) -shared -o $@ $^ $(SK_LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SK_CFLAGS) -MMD -MP -c -o $@ $<

# Rewritten only when a source changed; sorted, so that two builds give the same bytes.
$(BUILD)/embedded.c: src/embed.lua $(LUA_SOURCES) Makefile
	@mkdir -p $(@D)
	$(LUA) src/embed.lua '$(VERSION)' $(LUA_SOURCES) >$@.new && mv $@.new $@

$(BUILD)/embedded.o: $(BUILD)/embedded.c
	$(CC) $(CFLAGS) $(SK_CFLAGS) -c -o $@ $<

UNIT := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/*_test.c)))

# A unit test links all pure objects (those that do not include lua.h are used alone) and cmocka.
$(BUILD)/unit/%: tests/unit/%.c $(NATIVE_O)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SK_CFLAGS) $(SK_LDFLAGS) -o $@ $< $(NATIVE_O) $(SK_LIBS) -lcmocka

unit: $(UNIT)
	@set -e; for t in $(UNIT); do CMOCKA_MESSAGE_OUTPUT=TAP $$t; done

# Paths by environment: busted hands --lpath to a shell unquoted when it re-runs itself under --lua.
BUSTED = LUA_PATH='lua/?.lua;lua/?/init.lua;tests/lua/?.lua;;' LUA_CPATH='$(BUILD)/?.so;;' busted --lua=$(LUA) --pattern=_spec
lua: $(BUILD)/samzak8s.so
	$(BUSTED) -o TAP tests/lua

clean:
	rm -rf $(BUILD)

help:
	@sed -n 's/^## //p' Makefile

-include $(NATIVE_O:.o=.d) $(HOST_O:.o=.d)
