package faultstest

import (
	"flag"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// What a run of faults may set, by a flag or for all test binaries at once by a variable.
var (
	timesFlag    = flag.Int("faults", fromEnvironment("FAULTS_TIMES", 1), "so many times as many faults as make test lets happen")
	seedFlag     = flag.Uint64("seed", uint64(fromEnvironment("FAULTS_SEED", 0)), "of everything that is random in tests of faults; 0 takes one from the clock")
	patienceFlag = flag.Int("patience", fromEnvironment("FAULTS_PATIENCE", 120), "seconds that a test of faults waits for what should come")
)

func fromEnvironment(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// Times is how many times as many faults as usual are to happen: 1 in make test.
func Times() int { return max(*timesFlag, 1) }

// Scaled is n as often as Times says, but at most most.
func Scaled(n, most int) int { return max(n, min(n*Times(), most)) }

// Patience is how long to wait for what should come.
func Patience() time.Duration { return time.Duration(*patienceFlag) * time.Second }

var once sync.Once

// Seed is what everything random in a test comes from.
func Seed() uint64 {
	once.Do(func() {
		if *seedFlag == 0 {
			*seedFlag = uint64(time.Now().UnixNano())%1_000_000 + 1
		}
	})
	return *seedFlag
}

// Rand is a test's own source of chance: the same seed and test, the same chance.
func Rand(t testing.TB) *rand.Rand {
	t.Helper()
	t.Logf("chance comes from -seed %d", Seed())
	h := fnv.New64a()
	_, _ = h.Write([]byte(t.Name()))
	return rand.New(rand.NewPCG(Seed(), h.Sum64()))
}

// AtLength leaves t out where tests are to be short: under the race detector,
// after they were run without it.
func AtLength(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("faults are done without the race detector")
	}
}
