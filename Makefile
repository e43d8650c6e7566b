# Everything a person does with this repository. `make` alone lists it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

export CARGO_TARGET_DIR := $(CURDIR)/target
export PATH := $(CURDIR)/target/tools/bin:$(CURDIR)/scripts/node_modules/.bin:$(PATH)
export CHROMIUM ?= /usr/bin/chromium
export CHROMEDRIVER ?= /usr/bin/chromedriver
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

DATA ?= data
ADDRESS ?= 127.0.0.1:3000
SECONDS ?= 60
TARGETS ?=
DESK := -p qinda-app --no-default-features --features hydrate
WASM_CARGO := scripts/wasm-cargo
STORIES := end2end/node_modules/.bin/playwright test --config end2end/playwright.config.ts

define heading
@printf '\n\033[1m== %s ==\033[0m\n' "$(1)"
endef

.PHONY: help
help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## Running

.PHONY: run build site tools
run: build ## Install what is missing, build, and serve the demo shop
	target/release/qinda serve --demo --data "$(DATA)" --listen "$(ADDRESS)"

build: site ## Build the release binary with the site inside
	cargo build --release --locked -p qinda-server --bin qinda

site: tools
	node scripts/site.mjs

tools:
	@scripts/setup.sh compiler rust-target wasm-bindgen node-tools

.PHONY: watch
watch: tools ## Serve the demo shop and rebuild at every change
	@scripts/setup.sh cargo-leptos
	cargo leptos watch -- serve --demo --data "$(DATA)" --listen "$(ADDRESS)"

## Checking

.PHONY: test test-tools
test: test-format test-lint test-docs test-licences test-rust test-browser test-stories ## Check and test everything
	$(call heading,Everything passed)

test-tools: tools
	@scripts/setup.sh rust-checks end2end browser databases

.PHONY: test-format test-lint test-docs test-licences test-rust test-browser test-stories
test-format: test-tools
	$(call heading,Formatting)
	cargo fmt --all --check

test-lint: test-tools
	$(call heading,Lint)
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy -p qinda-server --features watch --locked -- -D warnings
	$(WASM_CARGO) clippy $(DESK) --all-targets --locked -- -D warnings
	end2end/node_modules/.bin/tsc --project end2end

test-docs: test-tools
	$(call heading,Documentation)
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
	RUSTDOCFLAGS="-D warnings" $(WASM_CARGO) doc $(DESK) --no-deps --locked

test-licences: test-tools
	$(call heading,Licences and advisories)
	node scripts/licences.mjs
	scripts/advisories.sh

test-rust: test-tools
	$(call heading,Core and server)
	cargo test --workspace --locked

test-browser: test-tools
	$(call heading,The desk's own tests in Chromium)
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
		$(WASM_CARGO) test $(DESK) --tests --locked

test-stories: test-tools build
	$(call heading,Stories from end to end)
	$(STORIES)

.PHONY: soak
soak: test-tools ## Run a million commands through the simulator, and kill the server a thousand times
	cargo test --release --locked --test simulator -- --ignored --nocapture soak
	cargo test --release --locked -p qinda-server --test stories --test on_postgres -- --ignored --nocapture soak_of_kills

.PHONY: fuzz
fuzz: ## Fuzz what reads bytes from outside, SECONDS=60 for each
	@scripts/setup.sh compiler fuzzer
	SECONDS_EACH="$(SECONDS)" scripts/fuzz.sh $(TARGETS)

.PHONY: bench pictures
bench: test-tools build ## Print the product's figures, measured here and now
	cargo build --release --locked -p qinda-server --example raw_inserts --example figures_scale
	end2end/node_modules/.bin/playwright test --config end2end/bench/playwright.config.ts
	target/release/examples/figures_scale
	target/release/examples/figures_scale --hours

pictures: test-tools build ## Take the pictures in docs/pictures
	PICTURES=1 $(STORIES)

## Keeping house

.PHONY: fmt clean
fmt: ## Format the Rust code
	cargo fmt --all

clean: ## Remove what was built; the tools and the data stay
	find target -mindepth 1 -maxdepth 1 ! -name tools -exec rm -rf {} +
