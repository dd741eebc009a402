#!/bin/sh
# Runs every fuzz target in turn: `fuzz/run.sh SECONDS [TARGET…]`.
#
# Needs a C++ compiler, for libFuzzer. New inputs go to fuzz/target/corpus/TARGET. An input that
# fails goes to fuzz/target/failures/: put it, made smaller with `fuzz/target/release/TARGET
# -minimize_crash=1 FILE`, into fuzz/corpus/TARGET, where the crates' tests replay it.
set -eu
cd "$(dirname "$0")"
seconds=${1:?how many seconds for each target}
shift
[ $# -gt 0 ] || set -- json text container parquet digest page time filter_pattern query \
	list sigma series snapshot

export RUSTC_WRAPPER="$PWD/rustc.sh" CARGO_TARGET_DIR="$PWD/target"
cargo build --quiet --release
mkdir -p target/failures target/seeds/page target/seeds/json target/seeds/text target/seeds/container

# The catalogue's pages are seeds, and so are the samples in them. The `P` before a text picks the
# object's name.
for page in ../catalog/sources/*/source.md ../catalog/detections/*/*.md; do
	[ -f "$page" ] || continue
	name=$(basename "$(dirname "$page")")-$(basename "$page" .md)
	cp "$page" "target/seeds/page/$name"
	awk -v name="$name" '
		/^```/ {
			if (file) { close(file); close(text); file = "" }
			else if (/^```(log|jsonl|json|text)$/) {
				file = "target/seeds/json/" name "-" ++n
				text = "target/seeds/text/" name "-" n
				printf "P" > text
			}
			next
		}
		file { print > file; print > text }
	' "$page"
done
cp target/seeds/json/* target/seeds/container/

# The queries of the language's pages are seeds.
mkdir -p target/seeds/query
for page in ../crates/query/pages/*.md; do
	awk -v name="$(basename "$page" .md)" '
		/^```query/ { file = "target/seeds/query/" name "-" ++n; next }
		/^```/ { if (file) close(file); file = "" }
		file { print > file }
	' "$page"
done

status=0
for name; do
	new=target/corpus/$name
	mkdir -p "$new" "target/seeds/$name" "corpus/$name"
	log=target/$name.log
	"target/release/$name" "$new" "corpus/$name" "target/seeds/$name" \
		-dict=words.dict -max_len=16384 -timeout=10 -rss_limit_mb=2048 \
		-max_total_time="$seconds" -artifact_prefix="target/failures/$name-" \
		-print_final_stats=1 >"$log" 2>&1 && verdict=clean || verdict="FAILED, see fuzz/$log"
	[ "$verdict" = clean ] || status=1
	rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
	echo "$name: ${runs:-?} executions, ${rate:-?} per second, ${coverage:-?} edges, $verdict"
done
exit $status
