# SPDX-License-Identifier: GPL-2.0-or-later
#
# make help lists the targets.
#
# Variables for the command line:
#   O=DIR                       where everything is built (default: build)
#   CC, CFLAGS, CPPFLAGS, LDFLAGS   yours alone: what the code needs is kept elsewhere
#   PREFIX=DIR, DESTDIR=DIR     see the section on installing
#   V=1                         show each command
#   WERROR=1                    warnings are errors
#   SANITIZE=address,undefined  build with sanitizers (use another O= for it)

VERSION := 0.1.0
DOMAIN  := purple-msnp8

O      ?= build
CFLAGS ?= -O2 -g

.DEFAULT_GOAL := all
.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

ifneq ($(V),1)
Q := @
say = @printf '  %-8s%s\n' '$(1)' '$(2)';
endif

PKG_CONFIG ?= pkg-config

# $(call once,NAME,TEXT): NAME is expanded when it is first used, and only once. A target that needs
# no compiler works where pkg-config is missing.
once = $(eval $(1) = $$(eval $(1) := $(2))$$($(1)))

# The oldest versions that will do: GLib 2.66 has GUri, libpurple 2.14 has get_cb_alias (the names
# of people in chats; plugin.c checks it as well). A newer function of GLib is a warning.
GLIB_NEEDED   := glib-2.0 >= 2.66
PURPLE_NEEDED := purple >= 2.14.0
GLIB_FLOOR    := -DGLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_66 \
                 -DGLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_66

# What pkg-config knows. The headers of others are system headers: our warnings are not for them.
found     = $$(if $$(shell { $(PKG_CONFIG) --exists '$(1)'; } 2>/dev/null && echo yes),,$$(error \
            $(PKG_CONFIG) does not find $(1): "make deps" may help))
pc_cflags = $(found)$$(patsubst -I%,-isystem %,$$(shell $(PKG_CONFIG) --cflags '$(1)'))
pc_libs   = $(found)$$(shell $(PKG_CONFIG) --libs '$(1)')
$(call once,GLIB_CFLAGS,$(call pc_cflags,$(GLIB_NEEDED)) $(GLIB_FLOOR))
$(call once,GLIB_LIBS,$(call pc_libs,$(GLIB_NEEDED)))
$(call once,PURPLE_CFLAGS,$(call pc_cflags,$(PURPLE_NEEDED) $(GLIB_NEEDED)) $(GLIB_FLOOR))
$(call once,PURPLE_LIBS,$(call pc_libs,$(PURPLE_NEEDED) $(GLIB_NEEDED)))
$(call once,GNUTLS_CFLAGS,$(call pc_cflags,gnutls))
$(call once,GNUTLS_LIBS,$(call pc_libs,gnutls))

# --- flags -------------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion \
            -Wno-sign-conversion -Wformat=2 -Wpointer-arith -Wwrite-strings
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif

REQUIRED_CFLAGS  := -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(WARNINGS) \
                    -fPIC -fvisibility=hidden -fstack-protector-strong
REQUIRED_LDFLAGS := -Wl,-z,relro,-z,now
PLUGIN_LDFLAGS   := -shared

ifneq ($(SANITIZE),)
REQUIRED_CFLAGS  += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
REQUIRED_LDFLAGS += -fsanitize=$(SANITIZE)
else
# The runtime of a sanitizer is undefined in a module by design; nothing else ever is.
PLUGIN_LDFLAGS   += -Wl,-z,defs
endif

# $(call accepted,FLAG...): the flags if the compiler and the C library have nothing to say of them.
accepted = $(shell $(CC) $(CFLAGS) -Werror $(1) -include stdlib.h -x c -c -o /dev/null /dev/null \
           >/dev/null 2>&1 && echo '$(1)')

# Fortified functions need an optimiser, and hide errors from the sanitizers. What the user says of
# them counts; what the compiler was built to do would be defined twice.
optimised := $(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS))))
ifneq ($(findstring _FORTIFY_SOURCE,$(CC) $(CFLAGS) $(CPPFLAGS)),)
fortify :=
else ifeq ($(if $(SANITIZE),,$(optimised)),)
fortify := -U_FORTIFY_SOURCE
else
fortify = $(or $(call accepted,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3),\
          -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif
$(call once,HARDENING,$$(call accepted,-fstack-clash-protection) \
    $$(call accepted,-fcf-protection) $$(fortify))

# For tests: where the plugin, the programs and the data files are.
TEST_FLAGS = -DTEST_BUILD_DIR='"$(abspath $(O))"' -DTEST_SOURCE_DIR='"$(CURDIR)"'

# -iquote: our headers answer to "log.h" only; <log.h> is the one of libpurple, for us as for its
# own headers. The core sees GLib and itself: it cannot include libpurple.
FLAGS_plugin/msnp   = -iquote plugin/msnp $(GLIB_CFLAGS)
FLAGS_plugin/prpl   = -iquote plugin/prpl -iquote plugin/msnp $(PURPLE_CFLAGS) -DPURPLE_PLUGINS=1 \
                      -DGETTEXT_PACKAGE='"$(DOMAIN)"' -DLOCALEDIR='"$(LOCALEDIR)"' \
                      -DMSNP8_VERSION='"$(VERSION)"' -DSMILEYDIR='"$(SMILEYDIR)"'
FLAGS_tests/unit    = -iquote tests/unit -iquote tests/drive -iquote plugin/msnp \
                      -iquote plugin/prpl $(GLIB_CFLAGS) \
                      $(TEST_FLAGS)
FLAGS_tests/drive   = -iquote tests/drive -iquote plugin/msnp $(GLIB_CFLAGS) $(TEST_FLAGS)
FLAGS_tests/scripts = -iquote tests/scripts -iquote tests/drive -iquote plugin/msnp \
                      $(GLIB_CFLAGS) $(TEST_FLAGS)
FLAGS_tests/fuzz    = -iquote tests/fuzz -iquote tests/drive -iquote plugin/msnp \
                      -iquote plugin/prpl $(GLIB_CFLAGS) \
                      $(TEST_FLAGS)
# The service shares no code with the plugin.
FLAGS_tests/service = -iquote tests/service $(GLIB_CFLAGS) $(GNUTLS_CFLAGS)
FLAGS_tests/live    = -iquote tests/live -iquote plugin/prpl -iquote plugin/msnp \
                      -iquote tests/service $(PURPLE_CFLAGS) $(GNUTLS_CFLAGS) $(TEST_FLAGS)

FLAGS_tests/bench   = $(FLAGS_tests/live)

# --- sources and what is made of them ----------------------------------------------------------

objects  = $(patsubst %.c,$(O)/obj/%.o,$(wildcard $(1)))
programs = $(patsubst $(1)%.c,$(O)/$(2)%,$(wildcard $(1)*.c))

CORE      := $(call objects,plugin/msnp/*.c)
PRPL      := $(call objects,plugin/prpl/*.c)
# Parts of the adapter that need no libpurple: tested and fuzzed as the core is.
PRPL_PURE := $(call objects,$(patsubst %,plugin/prpl/%.c,html services shortcuts terminal))
SERVICE   := $(filter-out %/main.o,$(call objects,tests/service/*.c))
DRIVE     := $(call objects,tests/drive/*.c)
SCRIPTS   := $(call objects,tests/scripts/*.c)
UNIT      := $(call programs,tests/unit/test_,unit/test_)
UNIT_AID  := $(filter-out $(O)/obj/tests/unit/test_%,$(call objects,tests/unit/*.c))
FUZZ      := $(call programs,tests/fuzz/fuzz_,fuzz/)
REPLAY    := $(call programs,tests/fuzz/fuzz_,replay/)
FUZZ_AID  := $(filter-out %/replay.o $(O)/obj/tests/fuzz/fuzz_%,$(call objects,tests/fuzz/*.c))
LIVE      := $(call programs,tests/live/test_,live/test_)
LIVE_AID  := $(filter-out %/demo.o $(O)/obj/tests/live/test_%,$(call objects,tests/live/*.c))
BENCH     := $(call objects,tests/bench/*.c)
# Parts of the adapter that live tests call directly; the plugin itself is loaded, not linked.
LIVE_PRPL := $(call objects,$(patsubst %,plugin/prpl/%.c,errors link dial resolve cert process log \
                 services settings))

PROGRAMS  := $(UNIT) $(LIVE) $(REPLAY) \
             $(if $(SCRIPTS),$(O)/run-scripts) \
             $(if $(wildcard tests/service/main.c),$(O)/msnp8-service) \
             $(if $(wildcard tests/live/demo.c),$(O)/demo-client) \
             $(if $(wildcard tests/demo/foreground.c),$(O)/foreground) \
             $(if $(wildcard tests/bench/bench.c),$(O)/bench-client)

PLUGIN    := $(O)/libmsnp8.so
LINGUAS   := $(shell sed 's/\#.*//' po/LINGUAS 2>/dev/null)
MO        := $(LINGUAS:%=$(O)/po/%/LC_MESSAGES/$(DOMAIN).mo)

# --- building ----------------------------------------------------------------------------------

.PHONY: all plugin tests FORCE
all: plugin $(MO) ## the plugin and its translations (the default)

plugin: $(PLUGIN) ## the plugin alone: build/libmsnp8.so

tests: all $(PROGRAMS) ## the plugin and all test programs

# A stamp is rewritten when what it stands for has changed, so what depends on it is made again.
quote = '$(subst ','\'',$(1))'
define stamp
@mkdir -p $(@D); printf '%s\n' $(call quote,$(1)) >$@.new; \
	if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
endef

COMPILE = $(CC) $(REQUIRED_CFLAGS) $(HARDENING) $(FLAGS_$(1)) $(CPPFLAGS) $(CFLAGS)
LINK    = $(CC) $(REQUIRED_LDFLAGS) $(CFLAGS) $(LDFLAGS)

# How the files of one directory are compiled.
define directory
$(O)/flags/$(1): FORCE
	$$(call stamp,$$(call COMPILE,$(1)))
$(O)/obj/$(1)/%.o: $(1)/%.c $(O)/flags/$(1)
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)$$(call COMPILE,$(1)) -MMD -MP -c -o $$@ $$<
-include $(patsubst %.o,%.d,$(call objects,$(1)/*.c))
$(O)/syntax/$(1)/%: $(1)/%.c $(O)/flags/$(1) FORCE
	@mkdir -p $$(@D)
	$$(call say,SYNTAX,$$<)$$(call COMPILE,$(1)) -fsyntax-only $$<
endef
DIRECTORIES := plugin/msnp plugin/prpl tests/drive tests/unit tests/scripts tests/fuzz \
               tests/service \
               tests/live tests/demo tests/bench
$(foreach dir,$(DIRECTORIES),$(eval $(call directory,$(dir))))

# As the core is: libpurple is not on the include path.
$(PRPL_PURE) $(PRPL_PURE:$(O)/obj/%.o=$(O)/syntax/%): private \
    FLAGS_plugin/prpl = -iquote plugin/prpl $(FLAGS_plugin/msnp)
$(PRPL_PURE): $(O)/flags/plugin/msnp

# The warnings of a compiler about all files, without what takes it longest.
.PHONY: syntax
syntax: $(patsubst %.c,$(O)/syntax/%,$(wildcard $(DIRECTORIES:%=%/*.c))) ## let CC look for warnings

# For editors and analysers: how each C file is compiled. At the top, where they look for it; git
# ignores it. Nothing is compiled for it.
define compile_commands
for file in $(wildcard $(1)/*.c); do \
    printf '%s -c -o %s %s\n' \
        $(call quote,$(call COMPILE,$(1))) "$(O)/obj/$${file%.c}.o" "$$file"; \
done;
endef
compile_commands.json $(O)/compile_commands.json: FORCE ## how each C file is compiled, for editors
	@mkdir -p $(@D)
	$(Q){ $(foreach dir,$(DIRECTORIES),$(call compile_commands,$(dir))) } | \
	    awk -v directory='$(CURDIR)' -f tests/lint/compile-commands.awk >$@

# Linking again when the flags or the list of objects have changed.
$(O)/flags/link: FORCE
	$(call stamp,$(LINK))
$(O)/flags/libmsnp.a: FORCE
	$(call stamp,$(CORE))
$(O)/flags/libservice.a: FORCE
	$(call stamp,$(SERVICE))
$(O)/flags/libmsnp8.so: FORCE
	$(call stamp,$(PRPL))

define archive
$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)
endef
define link
@mkdir -p $(@D)
$(call say,LINK,$@)$(LINK) $(2) -o $@ $(filter %.o %.a,$^) $(1)
endef

$(O)/libmsnp.a: $(CORE) $(O)/flags/libmsnp.a
	$(archive)
$(O)/libservice.a: $(SERVICE) $(O)/flags/libservice.a
	$(archive)

$(PLUGIN): $(PRPL) $(O)/libmsnp.a $(O)/flags/libmsnp8.so $(O)/flags/link
	$(call link,$(PURPLE_LIBS),$(PLUGIN_LDFLAGS))

$(UNIT): $(O)/unit/%: $(O)/obj/tests/unit/%.o $(UNIT_AID) $(DRIVE) $(PRPL_PURE) $(O)/libmsnp.a \
                      $(O)/flags/link
	$(call link,$(GLIB_LIBS))

$(O)/run-scripts: $(SCRIPTS) $(DRIVE) $(O)/libmsnp.a $(O)/flags/link
	$(call link,$(GLIB_LIBS))

$(REPLAY): $(O)/replay/%: $(O)/obj/tests/fuzz/fuzz_%.o $(O)/obj/tests/fuzz/replay.o $(FUZZ_AID) \
                          $(DRIVE) \
                          $(PRPL_PURE) $(O)/libmsnp.a $(O)/flags/link
	$(call link,$(GLIB_LIBS))

# Only with clang, and with SANITIZE=fuzzer-no-link,...; "make fuzz" sees to both.
$(FUZZ): $(O)/fuzz/%: $(O)/obj/tests/fuzz/fuzz_%.o $(FUZZ_AID) $(DRIVE) $(PRPL_PURE) \
                      $(O)/libmsnp.a \
                      $(O)/flags/link
	$(call link,$(GLIB_LIBS),-fsanitize=fuzzer)

$(O)/msnp8-service: $(O)/obj/tests/service/main.o $(O)/libservice.a $(O)/flags/link
	$(call link,$(GLIB_LIBS) $(GNUTLS_LIBS))

LIVE_PARTS := $(LIVE_AID) $(LIVE_PRPL) $(O)/libservice.a $(O)/libmsnp.a
# A live test loads the plugin: it is always there when the test is.
$(LIVE): $(O)/live/%: $(O)/obj/tests/live/%.o $(LIVE_PARTS) $(O)/flags/link | $(PLUGIN)
	$(call link,$(PURPLE_LIBS) $(GNUTLS_LIBS) -ldl)

$(O)/demo-client: $(O)/obj/tests/live/demo.o $(LIVE_PARTS) $(O)/flags/link | $(PLUGIN)
	$(call link,$(PURPLE_LIBS) $(GNUTLS_LIBS) -ldl)

$(O)/foreground: $(O)/obj/tests/demo/foreground.o $(O)/flags/link
	$(call link)

$(O)/bench-client: $(BENCH) $(LIVE_PARTS) $(O)/flags/link | $(PLUGIN)
	$(call link,$(PURPLE_LIBS) $(GNUTLS_LIBS) -ldl)

# --- translations ------------------------------------------------------------------------------

POT := po/$(DOMAIN).pot

$(O)/po/%/LC_MESSAGES/$(DOMAIN).mo: po/%.po
	@mkdir -p $(@D)
	$(call say,MSGFMT,$@)msgfmt -o $@ $<

.PHONY: pot update-po
pot: ## collect the texts to translate in po/purple-msnp8.pot
	$(Q)po/make-pot $(POT)

update-po: pot ## merge them into po/LANG.po for each language of po/LINGUAS
	$(Q)set -e; for lang in $(LINGUAS); do \
	    [ -e po/$$lang.po ] || msginit --no-translator --locale=$$lang --input=$(POT) \
	        --output-file=po/$$lang.po; \
	    msgmerge --quiet --no-fuzzy-matching --update --backup=none po/$$lang.po $(POT); \
	done

# --- icons -------------------------------------------------------------------------------------

ICON_SIZES := 16 22 48

.PHONY: icons
icons: ## render icons and emoticons from their SVG sources (needs rsvg-convert)
	$(Q)set -e; for size in $(ICON_SIZES); do \
	    src=icons/msnp8.svg; \
	    if test $$size -lt 32; then src=icons/msnp8-small.svg; fi; \
	    mkdir -p icons/$$size; \
	    rsvg-convert -w $$size -h $$size -o icons/$$size/msnp8.png $$src; \
	done; \
	for src in icons/emoticons/*.svg; do \
	    rsvg-convert -o $${src%.svg}.png $$src; \
	done

.PHONY: pictures
pictures: ## take the pictures of README.md anew
	$(Q)tests/check/deps.sh build check
	$(Q)$(MAKE) --no-print-directory -j2 all $(O)/msnp8-service
	$(Q)O='$(abspath $(O))' MAKE='$(THIS_MAKE)' tests/ui/test-pictures.sh
	$(Q)set -e; for name in pidgin pidgin-account; do \
	    cp "$(O)/ui/pictures-$$name.png" icons/$$name.png; \
	done

# --- installing --------------------------------------------------------------------------------

# libpurple looks for plugins in one directory only (and in ~/.purple/plugins), so by default the
# plugin goes where this libpurple is. With PREFIX=DIR it goes below DIR, in the same layout.
purple_prefix = $$(shell $(PKG_CONFIG) --variable=prefix purple)
purple_dir    = $$(shell $(PKG_CONFIG) --define-variable=prefix=$$(PREFIX) --variable=$(1) purple)
# What pkg-config answers counts only if it lies below the prefix.
below_prefix  = $$(or $$(filter $$(PREFIX)/%,$(call purple_dir,$(1))),$$(PREFIX)/$(2))
ifeq ($(origin PREFIX),undefined)
$(call once,PREFIX,$(purple_prefix))
endif
ifeq ($(origin PLUGINDIR),undefined)
$(call once,PLUGINDIR,$(call below_prefix,plugindir,lib/purple-2))
endif
ifeq ($(origin DATADIR),undefined)
$(call once,DATADIR,$(call below_prefix,datadir,share))
endif
LOCALEDIR ?= $(DATADIR)/locale
DOCDIR    ?= $(DATADIR)/doc/$(DOMAIN)
METADIR   ?= $(DATADIR)/metainfo
ICONDIR   ?= $(DATADIR)/pixmaps/pidgin/protocols
# For clients that take icons from the theme, such as those of Telepathy.
THEMEDIR  ?= $(DATADIR)/icons/hicolor
# For Pidgin: the emoticons, which are a smiley theme as well.
SMILEYDIR ?= $(DATADIR)/pixmaps/pidgin/emotes/msnp8
METAINFO  := im.pidgin.pidgin.plugin.msnp8.metainfo.xml

INSTALL ?= install

EMOTICONS := icons/emoticons/theme $(wildcard icons/emoticons/*.png)

# What is installed where: MODE:SOURCE:DESTINATION. Installing, uninstalling and the test of both go
# by this table.
INSTALLED = 644:$(PLUGIN):$(PLUGINDIR)/libmsnp8.so \
            $(foreach size,$(ICON_SIZES),644:icons/$(size)/msnp8.png:$(ICONDIR)/$(size)/msnp8.png) \
            644:icons/msnp8.svg:$(ICONDIR)/scalable/msnp8.svg \
            $(foreach size,$(ICON_SIZES),644:icons/$(size)/msnp8.png:$(theme_of)/im-msnp8.png) \
            644:icons/msnp8.svg:$(THEMEDIR)/scalable/apps/im-msnp8.svg \
            $(foreach file,$(EMOTICONS),644:$(file):$(SMILEYDIR)/$(notdir $(file))) \
            644:.packaging/$(DOMAIN).metainfo.xml:$(METADIR)/$(METAINFO) \
            644:README.md:$(DOCDIR)/README.md 644:COPYING:$(DOCDIR)/COPYING \
            $(foreach lang,$(LINGUAS),644:$(O)/po/$(mo_of):$(LOCALEDIR)/$(mo_of))
theme_of  = $(THEMEDIR)/$(size)x$(size)/apps
mo_of     = $(lang)/LC_MESSAGES/$(DOMAIN).mo

each_of = printf '%s\n' $(patsubst %,'%',$(1)) | while IFS=: read -r mode from to

# $(call copy,TABLE,TOP): copies all of a table to below TOP.
copy = $(each_of); do $(INSTALL) -D -m "$$mode" "$$from" $(2)"$$to" || exit; done
# $(call remove,TABLE,TOP,PATTERN): removes that again, and those directories that are empty then if
# they match the pattern.
remove = $(each_of); do \
    rm -f $(2)"$$to" && dir=$(2)"$${to%/*}" || exit; \
    while case $$dir in $(3)) rmdir "$$dir" 2>/dev/null ;; *) false ;; esac; do \
        dir=$${dir%/*}; \
    done; \
done
# PREFIX/lib and the like stay, empty or not; in DESTDIR nothing was there before.
OURS = $(if $(DESTDIR),'$(DESTDIR)'/?*,'$(PREFIX)'/*/*)

.PHONY: install uninstall installed install-user uninstall-user
install: all ## install for everyone (PREFIX=, DESTDIR=)
	$(Q)$(call copy,$(INSTALLED),'$(DESTDIR)')
	@echo 'installed: $(DESTDIR)$(PLUGINDIR)/libmsnp8.so'
	@purple=$$($(PKG_CONFIG) --variable=plugindir purple); \
	if test '$(PLUGINDIR)' != "$$purple"; then \
	    echo "note: the libpurple of this system looks for plugins in $$purple only"; \
	fi

uninstall: ## remove what install put there
	$(Q)$(call remove,$(INSTALLED),'$(DESTDIR)',$(OURS))

installed: # what install puts where: MODE:SOURCE:DESTINATION
	@printf '%s\n' $(patsubst %,'%',$(INSTALLED))

# The plugin looks for its translations beside itself first. Pidgin looks for icons in directories
# of the system only.
USER_INSTALLED = 644:$(PLUGIN):plugins/libmsnp8.so \
                 $(foreach lang,$(LINGUAS),644:$(O)/po/$(mo_of):plugins/locale/$(mo_of)) \
                 $(foreach file,$(EMOTICONS),644:$(file):smileys/msnp8/$(notdir $(file)))
USER_DIR       = "$$HOME"/.purple/

install-user: all ## install for yourself, without root, in ~/.purple
	$(Q)$(call copy,$(USER_INSTALLED),$(USER_DIR))
	@echo "installed: $$HOME/.purple/plugins/libmsnp8.so"
	@echo 'Pidgin shows the icon of the protocol only after "make install".'

uninstall-user: ## remove what install-user put there
	$(Q)$(call remove,$(USER_INSTALLED),$(USER_DIR),"$$HOME"/.purple/?*)

# --- checking ----------------------------------------------------------------------------------

# Scripts that call make. By another name, for "make -n" not to run them.
THIS_MAKE = $(MAKE)

.PHONY: deps check demo lint format format-check fuzz fuzz-programs fuzz-run coverage
deps: ## install the packages that building needs (Debian, Ubuntu)
	$(Q)tests/check/deps.sh build

check: ## build and test everything (a part: SUITES="unit live"; one test: TEST=test_url)
	$(Q)tests/check/deps.sh build check
	$(Q)tests/check/fetch.sh '$(O)/clients' bitlbee-libpurple
	$(Q)exec env O='$(O)' MAKE='$(THIS_MAKE)' TEST='$(TEST)' tests/check/run.sh $(SUITES)

demo: ## try it against a service of its own, no network needed (UI=pidgin|finch|headless)
	$(Q)UI='$(UI)' tests/check/deps.sh build demo
	$(Q)$(MAKE) --no-print-directory -j2 demo-parts
	$(Q)exec env O='$(abspath $(O))' UI='$(UI)' TRANSCRIPT='$(TRANSCRIPT)' \
	    '$(abspath $(O))/foreground' tests/demo/demo.sh
bench: ## measure speed and cost (PARTS="signin core files" RUNS=5)
	$(Q)tests/check/deps.sh build check
	$(Q)$(MAKE) --no-print-directory -j2 all $(O)/bench-client
	$(Q)O='$(abspath $(O))' tests/bench/bench.sh
.PHONY: demo-parts bench
demo-parts: all $(O)/msnp8-service $(O)/demo-client $(O)/foreground

lint: ## check the rules that a compiler does not know
	$(Q)O='$(O)' MAKE='$(THIS_MAKE)' tests/lint/run.sh

C_FILES = $(wildcard $(DIRECTORIES:%=%/*.[ch]))
format: ## format the C files (needs clang-format 14)
	$(Q)clang-format -i $(C_FILES)
format-check: ## say which C files are not formatted
	$(Q)clang-format --dry-run -Werror $(C_FILES)

FUZZ_MAKE = $(MAKE) --no-print-directory O=$(O)/libfuzzer CC=clang \
            SANITIZE=fuzzer-no-link,address,undefined
fuzz: ## build the libFuzzer programs (needs clang)
	$(Q)$(FUZZ_MAKE) fuzz-programs
fuzz-programs: $(FUZZ)
fuzz-run: fuzz ## fuzz for SECONDS=60 each, or only NAME=x; finds go to build/libfuzzer/found
	$(Q)O='$(O)/libfuzzer' tests/check/fuzz.sh '$(or $(SECONDS),60)' $(NAME)

coverage: ## how many lines of plugin/ the tests reach (needs gcov)
	$(Q)$(MAKE) --no-print-directory O=$(O)/coverage CFLAGS='-O0 -g --coverage' tests
	$(Q)O='$(O)/coverage' tests/check/coverage.sh

# --- packages ----------------------------------------------------------------------------------

TARBALL = $(O)/$(DOMAIN)-$(VERSION).tar.gz

.PHONY: dist deb rpm arch
dist: ## a tarball of the files that git knows: build/purple-msnp8-VERSION.tar.gz
	@mkdir -p $(O)
	$(Q).packaging/dist.sh $(TARBALL) $(O)
	@echo '$(TARBALL)'

deb: dist ## a package for Debian and Ubuntu: build/purple-msnp8_VERSION_ARCHITECTURE.deb
	$(Q)tests/check/deps.sh build deb
	$(Q).packaging/package.sh deb $(TARBALL) $(O)

rpm: dist ## a package for Fedora (RPMFLAGS="what rpmbuild gets besides")
	$(Q).packaging/package.sh rpm $(TARBALL) $(O) $(RPMFLAGS)

arch: dist ## a package for Arch Linux (MAKEPKGFLAGS="what makepkg gets besides")
	$(Q).packaging/package.sh arch $(TARBALL) $(O) $(MAKEPKGFLAGS)

# --- the rest ----------------------------------------------------------------------------------

.PHONY: clean help
clean: ## remove what was built
	$(Q)rm -rf $(O) compile_commands.json

help: ## this list
	@sed -n 's/^\([a-z_.-]*\)\( [^:]*\)\{0,1\}:[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | \
	    while IFS='	' read -r name text; do printf '  %-22s%s\n' "$$name" "$$text"; done
