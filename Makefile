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
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
LUA_PKG ?= lua5.4
CJSON_PKG ?= lua5.4-cjson
BUILD ?= build

PKGS := $(LUA_PKG) $(CJSON_PKG) rdkafka yaml-0.1 libcrypto libpcre2-8
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

.PHONY: all demo deps deps-check check check-fast asan programs lint tidy unit lua golden golden-check repl integration-mock integration \
	check-properties check-oracle check-regex check-kubernetes fuzz bench install uninstall dist clean help
all: $(BUILD)/samzak8s

$(BUILD)/samzak8s: $(HOST_O) $(NATIVE_O)
	$(CC) $(CFLAGS) $(SK_LDFLAGS) $(LDFLAGS) -Wl,-E -o $@ $^ $(SK_LIBS) $(EDIT_LIBS_$(EDIT))

# The bindings alone, for stock lua5.4 (tests): require "samzak8s.native.yaml" with --cpath='build/?.so'.
$(BUILD)/samzak8s.so: $(NATIVE_O)
	$(CC) $(CFLAGS) $(SK_LDFLAGS) $(LDFLAGS) -shared -o $@ $^ $(SK_LIBS)

# The manual page and the completions come out of the program, whose tables they show.
MADE = $(BUILD)/samzak8s.1 $(BUILD)/bash-completion $(BUILD)/zsh-completion
$(BUILD)/samzak8s.1: $(BUILD)/samzak8s
	$(BUILD)/samzak8s show manual >$@.new && mv $@.new $@
$(BUILD)/%-completion: $(BUILD)/samzak8s
	$(BUILD)/samzak8s show $*-completion >$@.new && mv $@.new $@

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

## Targets:
##   all           the program, build/samzak8s (the default)
##   demo          from a bare Debian: installs what the build needs, builds, prints the manifests of examples/page-views
##   deps          installs what the build needs
demo: deps
	@$(MAKE) --no-print-directory all >&2
	@$(BUILD)/samzak8s examples/page-views/job.properties --mock-kafka page-views:4,clicks:2

deps:
	@tests/install-deps build

##   check         from a bare Debian: every test, with a real ZooKeeper and real Kafka brokers on loopback
##   check-fast    every test that needs no server, no network and no root
##   asan          the same tests against a build with address, leak and undefined-behaviour sanitizers
##   lint unit lua golden-check repl integration-mock integration    one suite
OFFLINE = unit lua golden repl
TEST = BUILD=$(BUILD) LUA=$(LUA) $(PYTHON) tests/run
PROGRAMS = $(BUILD)/samzak8s $(BUILD)/samzak8s.so $(UNIT) $(MADE)
CHECKED = --no-print-directory BUILD=$(BUILD)/check WERROR=-Werror
SANITIZED = --no-print-directory BUILD=$(BUILD)/asan CFLAGS='-O1 -g -fno-omit-frame-pointer' WERROR=-Werror \
	SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined'

check: deps-check
	@$(MAKE) $(CHECKED) programs
	@BUILD=$(BUILD)/check LUA=$(LUA) REQUIRE_SERVERS=1 $(PYTHON) tests/run lint $(OFFLINE) integration

check-fast:
	@$(MAKE) $(CHECKED) programs
	@BUILD=$(BUILD)/check LUA=$(LUA) $(PYTHON) tests/run lint $(OFFLINE) integration-mock

# The slow unwinder: with the fast one, leaks below librdkafka and libzookeeper are overlooked.
asan: deps-check
	@$(MAKE) $(SANITIZED) programs
	@ASAN_OPTIONS=fast_unwind_on_malloc=0:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 \
		LSAN_OPTIONS=suppressions=$(CURDIR)/tests/support/lsan.supp:print_suppressions=0 \
		LIBASAN=$$($(CC) -print-file-name=libasan.so) BUILD=$(BUILD)/asan LUA=$(LUA) REQUIRE_SERVERS=1 \
		$(PYTHON) tests/run $(OFFLINE) integration

programs: $(PROGRAMS)

deps-check:
	@tests/install-deps check
	@$(PYTHON) tests/support/jars.py >/dev/null
	@$(PYTHON) tests/support/oracle.py
	@$(PYTHON) tests/support/kubeconform.py >/dev/null

lint:
	@$(TEST) lint

unit: $(UNIT)
	@$(TEST) unit

lua: $(BUILD)/samzak8s.so $(BUILD)/samzak8s
	@$(TEST) lua

golden-check repl integration-mock integration: $(BUILD)/samzak8s $(BUILD)/samzak8s.so
	@$(TEST) $(@:-check=)

##   tidy          clang-tidy over src (a minute, and not part of check)
tidy:
	clang-tidy --quiet $(filter-out src/line_%.c,$(wildcard src/*.c)) src/line_$(EDIT).c $(NATIVE) -- $(SK_CFLAGS)

##   golden        rewrites the expected output of golden cases, examples and REPL transcripts, and lua/meta: review the diff
golden: $(BUILD)/samzak8s
	@BUILD=$(BUILD) $(PYTHON) tests/golden_test.py --update
	@BUILD=$(BUILD) $(PYTHON) tests/golden_test.py --repl --update
	@$(BUILD)/samzak8s test --update examples/policies
	@LUA_PATH='lua/?.lua' $(LUA) lua/meta/generate.lua >$(BUILD)/meta.new && mv $(BUILD)/meta.new lua/meta/samzak8s.lua

##   bench         speed and memory, beside bare librdkafka, kcat and the JVM
bench: $(BUILD)/samzak8s
	@BUILD=$(BUILD) CC='$(CC)' $(PYTHON) tests/bench/run

##   install uninstall    below DESTDIR and PREFIX (/usr/local)
DOCDIR = $(DATADIR)/doc/samzak8s
BASHDIR = $(DATADIR)/bash-completion/completions
ZSHDIR = $(DATADIR)/zsh/site-functions
install: $(BUILD)/samzak8s $(MADE)
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(DOCDIR) $(DESTDIR)$(BASHDIR) $(DESTDIR)$(ZSHDIR)
	install -m 755 $(BUILD)/samzak8s $(DESTDIR)$(BINDIR)/samzak8s
	install -m 644 $(BUILD)/samzak8s.1 $(DESTDIR)$(MANDIR)/man1/samzak8s.1
	install -m 644 $(BUILD)/bash-completion $(DESTDIR)$(BASHDIR)/samzak8s
	install -m 644 $(BUILD)/zsh-completion $(DESTDIR)$(ZSHDIR)/_samzak8s
	cp -R README.md CHANGELOG.md LICENSE examples $(DESTDIR)$(DOCDIR)/

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/samzak8s $(DESTDIR)$(MANDIR)/man1/samzak8s.1 $(DESTDIR)$(BASHDIR)/samzak8s $(DESTDIR)$(ZSHDIR)/_samzak8s
	rm -rf $(DESTDIR)$(DOCDIR)

##   dist          build/samzak8s-VERSION.tar.gz from the last commit
dist:
	@mkdir -p $(BUILD)
	git archive --prefix=samzak8s-$(VERSION)/ --add-virtual-file=samzak8s-$(VERSION)/.version:$(VERSION) \
		-o $(BUILD)/samzak8s-$(VERSION).tar.gz HEAD

##   check-properties    the .properties reader against java.util.Properties on random files (needs a JDK)
PROPERTIES_FILES ?= 100000
PROPERTIES_SEED ?= 1
check-properties: $(BUILD)/samzak8s.so
	LUA_CPATH='$(BUILD)/?.so;;' $(LUA) tests/fuzz/properties_jdk.lua $(PROPERTIES_SEED) $(PROPERTIES_FILES)

##   check-oracle  random jobs through real Samza releases and through the program: the same models (needs Maven)
ORACLE_CASES ?= 2000
ORACLE_SEED ?= 1
check-oracle: $(BUILD)/samzak8s
	@BUILD=$(BUILD) tests/oracle/check --cases $(ORACLE_CASES) --seed $(ORACLE_SEED)

##   check-regex    translated Java regexes against java.util.regex on random pairs of pattern and name (needs a JDK)
REGEX_PAIRS ?= 40000
REGEX_SEED ?= 1
check-regex: $(BUILD)/samzak8s.so
	LUA_PATH='lua/?.lua;;' LUA_CPATH='$(BUILD)/?.so;;' $(LUA) tests/fuzz/regex_jdk.lua $(REGEX_SEED) $(REGEX_PAIRS)

##   check-kubernetes    every layout on a real API server with its controllers (needs the Go of tests/kubernetes/go.mod; builds for 6 to 15 min, once)
check-kubernetes: $(BUILD)/samzak8s
	@$(PYTHON) tests/kubernetes/cluster.py >/dev/null
	@$(TEST) kubernetes

##   fuzz          each of tests/fuzz/*_fuzz.c for FUZZ_SECONDS (20) under the sanitizers (needs clang)
CLANG ?= clang
FUZZ_SECONDS ?= 20
FUZZ := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
# The C of ours that knows nothing of Lua.
PURE = $(shell grep -L -e lua.h -e bind.h -e all.h $(NATIVE))

# yaml_fuzz.c goes through the binding.
$(BUILD)/fuzz/yaml_fuzz: BINDING = $(addprefix src/native/,yaml.c yaml_parse.c walk.c bind.c)

$(BUILD)/fuzz/%: tests/fuzz/%.c $(NATIVE) $(wildcard src/native/*.h)
	@mkdir -p $(@D)
	$(CLANG) -O1 -g $(SK_CFLAGS) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -o $@ $< $(PURE) $(BINDING) $(SK_LIBS)

fuzz: $(FUZZ)
	@set -e; for t in $(FUZZ); do mkdir -p $$t.corpus; \
		$$t -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -artifact_prefix=$$t- $$t.corpus; done

##   clean help
clean:
	rm -rf $(BUILD)

help:
	@sed -n 's/^## \{0,1\}//p' Makefile

-include $(NATIVE_O:.o=.d) $(HOST_O:.o=.d)
