FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /dropcut ./cmd/dropcut

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates ffmpeg fonts-inter fonts-noto-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home dropcut \
 && install -d -o dropcut -g dropcut /home/dropcut/data # a volume that is made here is its user's
COPY --from=build /dropcut /usr/local/bin/dropcut
USER dropcut
WORKDIR /home/dropcut
ENTRYPOINT ["dropcut"]
CMD ["--help"]
