package secret

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
)

// A sealed file is a header and chunks. The header says how the passphrase becomes the key; every chunk is bound to the
// header, to its place and to whether it is the last, so that none can be cut off, swapped or taken from another file.
const (
	fileMagic  = "MYISPENC\x01"
	fileSalt   = 16
	fileHeader = len(fileMagic) + fileSalt + 9 // time, memory in KiB, threads
	fileChunk  = 64 << 10
)

// filePassphrase are the Argon2id parameters of sealed files: made once a file, so slower than a log-in's.
var filePassphrase = Params{Memory: 64 << 10, Iterations: 3, Parallelism: 4}

// The costliest parameters that a file may ask for: it may come from anywhere.
const (
	maxFileMemory     = 1 << 20 // KiB
	maxFileIterations = 16
)

// ErrPassphrase says that a sealed file does not open: the passphrase is another, or the file was cut or altered.
var ErrPassphrase = errors.New("secret: wrong passphrase, or the file is damaged")

// ErrNotSealed says that a file does not begin as a sealed one does.
var ErrNotSealed = errors.New("secret: not a sealed file")

type fileKey struct {
	aead   cipher.AEAD
	header []byte
}

func newFileKey(passphrase string, header []byte) (*fileKey, error) {
	at := len(fileMagic) + fileSalt
	iterations, memory, threads := binary.BigEndian.Uint32(header[at:]), binary.BigEndian.Uint32(header[at+4:]), header[at+8]
	if iterations < 1 || iterations > maxFileIterations || memory < 8 || memory > maxFileMemory || threads < 1 {
		return nil, ErrNotSealed
	}
	key := argon2.IDKey([]byte(passphrase), header[len(fileMagic):at], iterations, memory, threads, chacha20poly1305.KeySize)
	aead, err := chacha20poly1305.NewX(key)
	return &fileKey{aead, header}, err
}

// nonce is the chunk's number and whether it is the last; the key is the file's own, so it never comes twice.
func (k *fileKey) nonce(chunk int64, last bool) []byte {
	n := make([]byte, k.aead.NonceSize())
	binary.BigEndian.PutUint64(n[len(n)-9:], uint64(chunk))
	if last {
		n[len(n)-1] = 1
	}
	return n
}

// sealingWriter encrypts what is written to it.
type sealingWriter struct {
	w     io.Writer
	key   *fileKey
	plain []byte
	chunk int64
	err   error
}

// SealFile returns a writer that encrypts what it gets with a passphrase and writes it to w (XChaCha20-Poly1305 in chunks of
// 64 KiB, key by Argon2id). Close ends the file and leaves w open; without it the file does not open again.
func SealFile(w io.Writer, passphrase string) (io.WriteCloser, error) {
	return sealFile(w, passphrase, filePassphrase)
}

func sealFile(w io.Writer, passphrase string, cost Params) (io.WriteCloser, error) {
	header := make([]byte, 0, fileHeader)
	header = append(header, fileMagic...)
	header = header[:len(fileMagic)+fileSalt]
	if _, err := rand.Read(header[len(fileMagic):]); err != nil {
		return nil, fmt.Errorf("secret: randomness: %w", err)
	}
	header = binary.BigEndian.AppendUint32(header, cost.Iterations)
	header = binary.BigEndian.AppendUint32(header, cost.Memory)
	header = append(header, cost.Parallelism)
	key, err := newFileKey(passphrase, header)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(header)
	return &sealingWriter{w: w, key: key, plain: make([]byte, 0, fileChunk)}, err
}

func (s *sealingWriter) Write(p []byte) (n int, err error) {
	for len(p) > 0 && s.err == nil {
		if len(s.plain) == fileChunk { // a full chunk waits until it is known not to be the last
			s.flush(false)
		}
		take := min(len(p), fileChunk-len(s.plain))
		s.plain = append(s.plain, p[:take]...)
		p, n = p[take:], n+take
	}
	return n, s.err
}

func (s *sealingWriter) flush(last bool) {
	if s.err != nil {
		return
	}
	_, s.err = s.w.Write(s.key.aead.Seal(nil, s.key.nonce(s.chunk, last), s.plain, s.key.header))
	s.chunk++
	s.plain = s.plain[:0]
}

func (s *sealingWriter) Close() error {
	s.flush(true)
	if s.err == nil {
		s.err = errors.New("secret: the sealed file is closed")
		return nil
	}
	return s.err
}

// SealedFile reads a sealed file at any place. It is not safe for concurrent use.
type SealedFile struct {
	r      io.ReaderAt
	key    *fileKey
	chunks int64
	size   int64 // of the plain text
	held   int64 // the chunk that plain is, -1 for none
	plain  []byte
}

// IsSealed reports whether a file begins as a sealed one does.
func IsSealed(r io.ReaderAt) bool {
	head := make([]byte, len(fileMagic))
	_, err := r.ReadAt(head, 0)
	return err == nil && string(head) == fileMagic
}

// OpenFile opens a sealed file of size bytes. Errors: ErrNotSealed, ErrPassphrase, those of r.
func OpenFile(r io.ReaderAt, size int64, passphrase string) (*SealedFile, error) {
	if !IsSealed(r) {
		return nil, ErrNotSealed
	}
	header := make([]byte, fileHeader)
	if _, err := r.ReadAt(header, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	key, err := newFileKey(passphrase, header)
	if err != nil {
		return nil, err
	}
	overhead := int64(key.aead.Overhead())
	sealed := size - int64(fileHeader)
	f := &SealedFile{r: r, key: key, held: -1}
	f.chunks = (sealed + fileChunk + overhead - 1) / (fileChunk + overhead)
	f.size = sealed - f.chunks*overhead
	if f.chunks < 1 || f.size < 0 {
		return nil, ErrPassphrase
	}
	return f, f.load(f.chunks - 1) // only the true last chunk opens as the last
}

// Size is the length of the plain text in bytes.
func (f *SealedFile) Size() int64 { return f.size }

func (f *SealedFile) load(chunk int64) error {
	if chunk == f.held {
		return nil
	}
	overhead := int64(f.key.aead.Overhead())
	length := min(fileChunk, f.size-chunk*fileChunk) + overhead
	sealed := make([]byte, length)
	if _, err := f.r.ReadAt(sealed, int64(fileHeader)+chunk*(fileChunk+overhead)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	plain, err := f.key.aead.Open(sealed[:0], f.key.nonce(chunk, chunk == f.chunks-1), sealed, f.key.header)
	if err != nil {
		return ErrPassphrase
	}
	f.held, f.plain = chunk, plain
	return nil
}

// ReadAt reads plain text. Errors: ErrPassphrase for a chunk that was altered, io.EOF, those of the file.
func (f *SealedFile) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		if off >= f.size {
			return n, io.EOF
		}
		if err := f.load(off / fileChunk); err != nil {
			return n, err
		}
		took := copy(p[n:], f.plain[off%fileChunk:])
		n, off = n+took, off+int64(took)
	}
	return n, nil
}
