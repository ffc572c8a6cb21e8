// Command rawttrpc speaks ttrpc without the NRI adaptation: plain over a unix
// socket, or through the NRI multiplexer (-mux).
//
// It measures round trips against itself: the server is a second process (this
// binary, -serve), a request of -size bytes is answered with an empty message,
// or echoed (-echo).
//
// It is also one end of a comparison of digests with another implementation:
// with -serve it offers Digest and Fill and tells on stdout what it got and
// sent; with -dial it calls these methods on the other end with messages of
// exactly -sizes bytes (ttrpc header included). -stream skips ttrpc and sends
// mux frames of exactly -sizes bytes on connection 3, expecting them back.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/containerd/nri/pkg/api"
	"github.com/containerd/nri/pkg/net/multiplex"
	"github.com/containerd/ttrpc"
)

const svc = "nri.test.Echo"

// streamConn is a connection of the mux that NRI itself does not use.
const streamConn = 3

func digest(s string) string {
	d := sha256.Sum256([]byte(s))
	return hex.EncodeToString(d[:])
}

// filler gives n letters in an order which shows missing or swapped parts.
func filler(n int) string {
	b := make([]byte, n)
	x := uint32(n)*2654435761 + 1
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = 'a' + byte(x>>24)%26
	}
	return string(b)
}

var outMu sync.Mutex

// tell writes one JSON line to stdout, with the id of this process.
func tell(v map[string]interface{}) {
	v["pid"] = os.Getpid()
	b, _ := json.Marshal(v)
	outMu.Lock()
	defer outMu.Unlock()
	os.Stdout.Write(append(b, '\n'))
}

// digestMethods are the calls whose messages both ends compare by digest.
func digestMethods() map[string]ttrpc.Method {
	return map[string]ttrpc.Method{
		// Digest answers with what arrived, as JSON.
		"Digest": func(_ context.Context, un func(interface{}) error) (interface{}, error) {
			var r api.LogRequest
			if err := un(&r); err != nil {
				return nil, err
			}
			a := map[string]interface{}{"method": "Digest", "bytes": len(r.Msg), "sha256": digest(r.Msg)}
			tell(a)
			b, err := json.Marshal(a)
			return &api.LogRequest{Msg: string(b)}, err
		},
		// Fill answers with as many letters as the request says.
		"Fill": func(_ context.Context, un func(interface{}) error) (interface{}, error) {
			var r api.LogRequest
			if err := un(&r); err != nil {
				return nil, err
			}
			n, err := strconv.Atoi(r.Msg)
			if err != nil || n < 0 || n > 64<<20 {
				return nil, fmt.Errorf("Fill wants a number of letters, not %q", r.Msg)
			}
			f := filler(n)
			tell(map[string]interface{}{"method": "Fill", "bytes": n, "sha256": digest(f)})
			return &api.LogRequest{Msg: f}, nil
		},
	}
}

func parseSizes(list string) ([]int, error) {
	var o []int
	for _, s := range strings.Split(list, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, err
		}
		o = append(o, n)
	}
	return o, nil
}

// field is the size of a length-delimited protobuf field with a one-byte tag.
func field(n int) int {
	l := 1
	for v := n; v >= 128; v >>= 7 {
		l++
	}
	return 1 + l + n
}

// letters gives the length of the text which makes a whole ttrpc message of
// total bytes, wrap being the size of all that is around a payload of n bytes.
func letters(total int, wrap func(payload int) int) (int, error) {
	for n := total; n >= 0 && n > total-200; n-- {
		if 10+wrap(field(n)) == total {
			return n, nil
		}
	}
	return 0, fmt.Errorf("no text makes a message of %d bytes", total)
}

// compare calls Digest and Fill with messages of the given sizes.
func compare(cl *ttrpc.Client, sizes []int) error {
	for _, size := range sizes {
		n, err := letters(size, func(p int) int { return field(len(svc)) + field(len("Digest")) + field(p) })
		if err != nil {
			return err
		}
		f := filler(n)
		var r api.LogRequest
		if err := cl.Call(context.Background(), svc, "Digest", &api.LogRequest{Msg: f}, &r); err != nil {
			return fmt.Errorf("Digest, %d bytes: %w", size, err)
		}
		tell(map[string]interface{}{"method": "Digest", "size": size, "bytes": n, "sha256": digest(f), "answer": r.Msg})

		if n, err = letters(size, field); err != nil {
			return err
		}
		var g api.LogRequest
		if err := cl.Call(context.Background(), svc, "Fill", &api.LogRequest{Msg: strconv.Itoa(n)}, &g); err != nil {
			return fmt.Errorf("Fill, %d bytes: %w", size, err)
		}
		tell(map[string]interface{}{"method": "Fill", "size": size, "bytes": len(g.Msg), "sha256": digest(g.Msg)})
	}
	return nil
}

// stream sends one mux frame of each size and reads as many bytes back. The
// mux hands over whole frames, so the buffer must hold the largest one.
func stream(c net.Conn, sizes []int) error {
	buf := make([]byte, 8<<20)
	for _, size := range sizes {
		f := filler(size)
		if _, err := c.Write([]byte(f)); err != nil {
			return fmt.Errorf("frame of %d bytes: %w", size, err)
		}
		var got strings.Builder
		for got.Len() < size {
			n, err := c.Read(buf)
			if err != nil {
				return fmt.Errorf("frame of %d bytes, after %d came back: %w", size, got.Len(), err)
			}
			got.Write(buf[:n])
		}
		tell(map[string]interface{}{"method": "stream", "size": size, "bytes": got.Len(), "sha256": digest(f), "back": digest(got.String())})
	}
	return nil
}

// dial runs the comparison as a client of another implementation.
func dial(sock, list string, mux, streams bool) error {
	sizes, err := parseSizes(list)
	if err != nil {
		return err
	}
	conn, err := net.Dial("unix", sock)
	if err != nil {
		return err
	}
	if streams {
		c, err := multiplex.Multiplex(conn).Open(streamConn)
		if err != nil {
			return err
		}
		return stream(c, sizes)
	}
	if mux {
		if conn, err = multiplex.Multiplex(conn).Open(multiplex.PluginServiceConn); err != nil {
			return err
		}
	}
	cl := ttrpc.NewClient(conn)
	defer cl.Close()
	return compare(cl, sizes)
}

func main() {
	serve := flag.String("serve", "", "serve on this socket")
	mux := flag.Bool("mux", false, "through the NRI multiplexer")
	echo := flag.Bool("echo", false, "send the request back")
	size := flag.Int("size", 100, "request bytes")
	k := flag.Int("k", 5000, "requests")
	warm := flag.Int("warm", 500, "requests before measuring")
	c := flag.Int("c", 1, "concurrent callers")
	label := flag.String("label", "", "label")
	dialTo := flag.String("dial", "", "compare digests with the server on this socket")
	sizes := flag.String("sizes", "4096", "with -dial: message sizes, header included")
	streams := flag.Bool("stream", false, "with -dial: mux frames on connection 3 in place of ttrpc")
	flag.Parse()
	die := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "rawttrpc:", err)
			os.Exit(1)
		}
	}

	if *serve != "" {
		l, err := net.Listen("unix", *serve)
		die(err)
		s, err := ttrpc.NewServer()
		die(err)
		methods := digestMethods()
		methods["Call"] = func(_ context.Context, un func(interface{}) error) (interface{}, error) {
			var r api.LogRequest
			if err := un(&r); err != nil {
				return nil, err
			}
			if *echo {
				return &r, nil
			}
			return &api.LogRequest{}, nil
		}
		s.RegisterService(svc, &ttrpc.ServiceDesc{Methods: methods})
		if *mux {
			conn, err := l.Accept()
			die(err)
			ml, err := multiplex.Multiplex(conn).Listen(multiplex.PluginServiceConn)
			die(err)
			s.Serve(context.Background(), ml)
			return
		}
		s.Serve(context.Background(), l)
		return
	}

	if *dialTo != "" {
		err := dial(*dialTo, *sizes, *mux, *streams)
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("the other end closed the connection: %w", err)
		}
		die(err)
		return
	}

	dir, err := os.MkdirTemp("", "rawttrpc")
	die(err)
	defer os.RemoveAll(dir)
	sock := filepath.Join(dir, "s")
	args := []string{"-serve", sock}
	if *mux {
		args = append(args, "-mux")
	}
	if *echo {
		args = append(args, "-echo")
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Stderr = os.Stderr
	die(cmd.Start())
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	var conn net.Conn
	for i := 0; i < 200; i++ {
		if conn, err = net.Dial("unix", sock); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	die(err)
	if *mux {
		conn, err = multiplex.Multiplex(conn).Open(multiplex.PluginServiceConn)
		die(err)
	}
	cl := ttrpc.NewClient(conn)
	req := &api.LogRequest{Msg: strings.Repeat("x", *size)}
	call := func() error {
		var r api.LogRequest
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		return cl.Call(ctx, svc, "Call", req, &r)
	}
	for i := 0; i < *warm; i++ {
		die(call())
	}
	lat := make([]time.Duration, *k)
	var next atomic.Int64
	var wg sync.WaitGroup
	t0 := time.Now()
	for w := 0; w < *c; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				i := int(next.Add(1)) - 1
				if i >= *k {
					return
				}
				t := time.Now()
				die(call())
				lat[i] = time.Since(t)
			}
		}()
	}
	wg.Wait()
	wall := time.Since(t0)
	sort.Slice(lat, func(i, j int) bool { return lat[i] < lat[j] })
	p := func(q float64) float64 { return float64(lat[int(q*float64(*k-1)+.5)].Nanoseconds()) / 1e3 }
	b, _ := json.Marshal(map[string]interface{}{"label": *label, "mux": *mux, "echo": *echo, "size": *size, "c": *c, "k": *k,
		"p50_us": p(.5), "p90_us": p(.9), "p99_us": p(.99), "min_us": p(0), "rps": float64(*k) / wall.Seconds()})
	fmt.Println(string(b))
}
