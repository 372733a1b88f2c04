// Package whisper hears words with whisper-cli, the program of the whisper.cpp
// project, and keeps the models that it needs: fetched and checked against a
// pinned digest, or taken from a file, and proved by hearing three seconds.
package whisper
