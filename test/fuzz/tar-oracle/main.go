// What Go's archive/tar, with which umoci unpacks, and GNU tar find in archives. Each comes on stdin behind its length, 4 bytes,
// little-endian; so does each answer on stdout, in JSON. The argument is a folder for a file that GNU tar reads; it is removed at the end.
package main

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

type entry struct {
	Name, LinkName []byte // base64 in JSON
	Type           string
	Size, Mode     int64
	Uid, Gid       int
	Major, Minor   int64
}

type answer struct {
	GoError string
	Entries []entry
	TarCode int
	Lines   []byte
}

// As umoci does: all of an entry's content is read before the next entry.
func readByGo(archive []byte) ([]entry, error) {
	entries := []entry{}
	reader := tar.NewReader(bytes.NewReader(archive))
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return entries, nil
		}
		if err != nil {
			return entries, err
		}
		size := header.Size
		if header.Typeflag == tar.TypeReg {
			copied, err := io.Copy(io.Discard, reader)
			if err != nil {
				return entries, err
			}
			if copied != header.Size {
				return entries, errors.New("another size than that of the content")
			}
		} else {
			size = 0
		}
		entries = append(entries, entry{
			Name: []byte(header.Name), LinkName: []byte(header.Linkname), Type: string([]byte{header.Typeflag}),
			Size: size, Mode: header.Mode, Uid: header.Uid, Gid: header.Gid,
			Major: header.Devmajor, Minor: header.Devminor,
		})
	}
}

func listByTar(path string) (int, []byte) {
	command := exec.Command("tar", "--list", "--verbose", "--numeric-owner", "--quoting-style=c", "--file", path)
	command.Env = []string{"LC_ALL=C", "TZ=UTC", "PATH=/usr/bin:/bin"}
	lines, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), lines
	}
	if err != nil {
		panic(err)
	}
	return 0, lines
}

func main() {
	path := filepath.Join(os.Args[1], "archive")
	defer os.RemoveAll(os.Args[1])
	var length uint32
	for binary.Read(os.Stdin, binary.LittleEndian, &length) == nil {
		archive := make([]byte, length)
		if _, err := io.ReadFull(os.Stdin, archive); err != nil {
			panic(err)
		}
		found := answer{}
		entries, err := readByGo(archive)
		found.Entries = entries
		if err != nil {
			found.GoError = err.Error()
		}
		if err := os.WriteFile(path, archive, 0o600); err != nil {
			panic(err)
		}
		found.TarCode, found.Lines = listByTar(path)
		text, err := json.Marshal(found)
		if err != nil {
			panic(err)
		}
		binary.Write(os.Stdout, binary.LittleEndian, uint32(len(text)))
		os.Stdout.Write(text)
	}
}
