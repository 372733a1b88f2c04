# make demo runs the main job, make test passes the tests: on a fresh Debian or
# Ubuntu machine with Go and make both install what is missing first.

VERSION ?= $(shell git describe --always --dirty 2>/dev/null || echo dev)
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZ ?= 30s
FAULTS ?= 18
SEED ?= 0
ROW ?=
# What is random in tests of faults is the same in each call of make test; make faults draws anew.
test race: export FAULTS_SEED ?= 1
# Rooms whose tests all run with the race detector, and what shares memory elsewhere.
# SQLite is Go here: what mostly asks it takes ten times as long with the detector.
RACED = ^dropcut/(workers|storage|web)(/|$$)
ASKS = ^dropcut/(storage/catalog|web/api)$$
SHARED = 'Shelf|HoweverMany|OneRequest|TriedAgain|Child|Flood|Signals|Prints|AtOnce|ManyClaimers|ManySenders|Meet|Stream|ComesBack|StallsNot|TooOften|MadeAgain'

.PHONY: build demo test race check bench faults fuzz clean

build: ## bin/dropcut
	go build -trimpath -ldflags "-X main.version=$(VERSION)" -o bin/dropcut ./cmd/dropcut

demo: ## draws a recording, makes its clips and clips/index.html
	@scripts/setup demo
	@$(MAKE) --no-print-directory build
	bin/dropcut demo --out ./clips

test: ## every test; what touches shared memory with the race detector too
	@scripts/setup test
	go test -timeout 40m $$(go list ./... | grep -vE '$(RACED)') $$(go list ./... | grep -E '$(ASKS)')
	go test -race -timeout 25m $$(go list ./... | grep -E '$(RACED)' | grep -vE '$(ASKS)')
	go test -race -short -timeout 25m -run $(SHARED) ./pipeline/recording ./pipeline/ffmpeg ./storage/catalog ./web/api

check: ## quiet when all is well
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -d $$(git ls-files '*.go'); exit 1; }
	@go vet ./...
	@go run $(STATICCHECK) ./...
	@go test -count=1 -run 'House|Breach|Configuration' ./cmd/dropcut >/dev/null || go test -count=1 -run 'House|Breach|Configuration' ./cmd/dropcut

bench: ## ratios, side by side in one run
	@scripts/setup test
	go test -run '^$$' -bench . -benchtime 1x -timeout 60m ./storage/catalog ./pipeline/render ./cmd/dropcut
	go test -count=1 -timeout 60m -run '^TestAMillionSharesAreCountedExactly$$' -v ./storage/catalog -long
	go test -count=1 -timeout 60m -run '^TestNoClipIsHandedOutTwice$$' -v ./web/api -long
	go test -count=1 -timeout 60m -run '^(TestOfAStoresRecordingOnlyTheMomentIsRead|TestTwoWorkersDoTheWorkOfOneInLessTime)$$' -v ./cmd/dropcut -long

faults: ## every fault of docs/faults.md, FAULTS times as often as make test, and every control; SEED=7 does the same again, ROW=3,5 two alone
	@scripts/setup test
	go test -count=1 -v -timeout 150m -run '^TestTheFaultMatrix$$' ./faultstest -matrix -faults $(FAULTS) -seed $(SEED) -row '$(ROW)' -figures ../bin/faults.md

fuzz: ## every parser for half a minute, or FUZZ=300x: so many inputs
	@scripts/fuzz $(FUZZ)

clean:
	rm -rf bin clips
