#!/bin/sh
# Called by cargo in place of rustc: our own crates count which of their code runs, so that the
# fuzzer follows them and not the libraries below.
case " $* " in
*" --crate-name haechi_"*)
	exec "$@" -C passes=sancov-module \
		-C llvm-args=-sanitizer-coverage-level=4 \
		-C llvm-args=-sanitizer-coverage-inline-8bit-counters \
		-C llvm-args=-sanitizer-coverage-pc-table \
		-C llvm-args=-sanitizer-coverage-trace-compares
	;;
*) exec "$@" ;;
esac
