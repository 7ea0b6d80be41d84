# The commands of this project; `make help` lists them. The work is done by scripts/.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help gallery server fuzz compatibility lessons serve dev build test fmt lint size screenshots clean bench
PORT ?= 8080
export PORT

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The port is looked at first: nobody should wait for a build to hear that it is taken.
serve: ## install what is missing, build the page, serve it at http://127.0.0.1:8080 (PORT= changes it)
	@command -v node >/dev/null || scripts/setup.sh build
	@node scripts/serve.mjs --check
	@scripts/build.sh
	@exec node scripts/serve.mjs

dev: ## serve the page and rebuild it at every change of a file
	@scripts/dev.sh

build: ## build the deployable page into dist/
	@scripts/build.sh

test: ## install what the tests need and run all of them
	@scripts/test.sh

fmt: ## format the Rust sources
	cargo fmt

lint: ## check formatting, and clippy natively and for wasm, warnings being errors
	@scripts/lint.sh

bench: ## measure everything of docs/performance.md, into target/bench/table.md (BENCH=write: into the document; BENCH=short: only see that it runs)
	@BENCH="$(BENCH)" scripts/bench.sh $(GROUPS)

size: ## bytes of each file in dist, what each part of the wasm costs, and the budget
	@scripts/setup.sh size
	@scripts/size.sh

gallery: ## pictures of every inspector of the built page, in each size and theme, and what is wrong with any of them
	@scripts/setup.sh test
	@rm -rf target/gallery
	@. scripts/env.sh && CHROME="$$(find_chrome)" KEYGLASS_GALLERY="$(CURDIR)/target/gallery" node --test tests/browser/gallery.test.mjs; \
		status=$$?; echo "The pictures: target/gallery/index.html"; exit $$status

screenshots: gallery ## the gallery, and the README's pictures taken from it
	@for name in first-visit zset-how lock-accident stream hll-element; do cp "target/gallery/$$name-desktop-light.png" "docs/$$name.png"; done

server: ## the engine on a TCP port, for real clients: make server ARGS='--port 6380'
	@cargo run --quiet --profile engine --features server --bin keyglass-server -- $(ARGS)

fuzz: ## run the fuzz targets, each for FUZZ_SECONDS (600)
	@scripts/fuzz.sh $(TARGETS)

lessons: ## run every lesson in static/lessons/ and say what does not hold (FILE=mine.md: another)
	@cargo run --quiet --profile test --bin keyglass-lessons -- $(if $(FILE),"$(FILE)")

compatibility: ## write docs/compatibility.md anew from the command table
	@KEYGLASS_WRITE=1 cargo test --quiet --test compatibility

clean: ## remove what was built (the tools in the cache stay)
	rm -rf target dist
