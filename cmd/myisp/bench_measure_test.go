package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// How the benchmarks ask, and count what that costs.

// load asks for a page b.N times over eight connections, and reports CPU per request and its size.
func (p *served) load(b *testing.B, path string) {
	m := &measured{cpu: p.cpu, ask: p.visit(b, path)}
	m.run(warm)
	*m = measured{cpu: m.cpu, ask: m.ask}
	b.ResetTimer()
	m.run(b.N)
	b.StopTimer()
	m.report(b, "")
}

// visit asks for a page as one visitor after the other.
func (p *served) visit(b *testing.B, path string) func(i int) int64 {
	target, _ := url.Parse(p.url)
	return func(i int) int64 {
		r, _ := http.NewRequest(http.MethodGet, p.url+path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		for _, c := range p.jars[i%len(p.jars)].Cookies(target) {
			r.AddCookie(c)
		}
		return fetch(b, r)
	}
}

var keepAlive = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}

func fetch(b *testing.B, r *http.Request) int64 {
	answer, err := keepAlive.Do(r)
	if err != nil {
		b.Error(err)
		return 0
	}
	defer answer.Body.Close()
	n, _ := io.Copy(io.Discard, answer.Body)
	if answer.StatusCode != http.StatusOK {
		b.Errorf("%s: %d", r.URL.Path, answer.StatusCode)
	}
	return n
}

// warm is how many requests come before those that count: for caches, prepared statements, connections and the heap.
const warm = 800

// measured is a server under load: what it is asked, and what that has cost so far.
type measured struct {
	cpu   func() float64 // seconds
	ask   func(i int) int64
	n     int
	spent float64 // seconds of CPU
	took  time.Duration
	bytes int64
}

// run asks n times from eight goroutines.
func (m *measured) run(n int) {
	var all sync.WaitGroup
	var bytes atomic.Int64
	todo := make(chan int)
	before, start := m.cpu(), time.Now()
	for range 8 {
		all.Go(func() {
			for i := range todo {
				bytes.Add(m.ask(i))
			}
		})
	}
	for i := range n {
		todo <- m.n + i
	}
	close(todo)
	all.Wait()
	m.took += time.Since(start)
	m.spent += m.cpu() - before
	m.n += n
	m.bytes += bytes.Load()
}

func (m *measured) report(b *testing.B, prefix string) {
	n := float64(m.n)
	b.ReportMetric(m.spent*1000/n, prefix+"cpu-ms/op")
	b.ReportMetric(n/m.took.Seconds(), prefix+"op/s")
	b.ReportMetric(float64(m.bytes)/n, prefix+"bytes/op")
}

// parent is the parent of a process (proc(5)); 0 when it has ended.
func parent(pid int) int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))[1])
	return n
}

// cpu is the CPU time of the living threads of a process in seconds; /proc/PID/stat counts in ticks of 10 ms, too coarse.
func cpu(pid int) (sum float64) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	for _, t := range threads {
		raw, err := os.ReadFile(t)
		if err != nil {
			continue
		}
		ns, _ := strconv.ParseFloat(strings.Fields(string(raw))[0], 64)
		sum += ns / 1e9
	}
	return sum
}

// cpu is what a portal and its database have spent.
func (p *served) cpu() float64 { return cpu(p.pid) + p.databaseCPU() }

func (p *served) databaseCPU() float64 {
	if p.database == 0 {
		return 0
	}
	sum := cpu(p.database)
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil && parent(pid) == p.database {
			sum += cpu(pid)
		}
	}
	return sum
}

func resident(pid int) float64 {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for _, line := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1000
		}
	}
	return 0
}
