# Bartizan as a container: one stage compiles a wheel, the other runs it with nothing that could compile.
# Mail comes in at port 2525, everything that must survive is below /var/lib/bartizan. The configuration in the image
# refuses to start: it names no domains and no next hop. docs/operations.md shows how to run it.
# tests/integration executes these steps in a bare Debian; it knows the instructions used here and no others.

ARG DEBIAN=bookworm-slim

FROM debian:${DEBIAN} AS build

# Where pip finds packages, when not at its usual place: docker build --build-arg PIP_INDEX_URL=...
ARG PIP_INDEX_URL
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev libpython3-dev python3-venv \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /source
RUN python3 -m venv /opt/build && python3 -m venv --without-pip /opt/bartizan

# What it depends on is in layers of its own, made again only when pyproject.toml or the compiler's settings change.
COPY pyproject.toml ./
RUN /opt/build/bin/python -c 'import tomllib; table = tomllib.load(open("pyproject.toml", "rb")); \
        print(*table["build-system"]["requires"], sep="\n", file=open("build.txt", "w")); \
        print(*table["project"]["dependencies"], sep="\n", file=open("run.txt", "w"))' \
    && /opt/build/bin/pip install --requirement build.txt \
    && /opt/build/bin/pip --python /opt/bartizan/bin/python install --requirement run.txt

COPY setup.py README.md LICENSE ./
COPY src src
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
    && /opt/build/bin/pip --python /opt/bartizan/bin/python install --no-deps --no-index wheels/*.whl


FROM debian:${DEBIAN}

ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Bartizan" \
    org.opencontainers.image.description="SMTP edge gateway that looks into every message before it lets it pass" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"

RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ca-certificates libarchive13 python3 \
    && rm -rf /var/lib/apt/lists/*

# Numbers that stay the same, so that a volume fits the next image too. The last two serve when it is started as root.
RUN groupadd --system --gid 2525 bartizan && groupadd --system --gid 2526 bartizan-scan \
    && groupadd --system --gid 2527 bartizan-admin \
    && useradd --system --uid 2525 --gid 2525 --no-create-home --home-dir /var/lib/bartizan \
        --shell /usr/sbin/nologin bartizan \
    && useradd --system --uid 2526 --gid 2526 --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin bartizan-scan \
    && useradd --system --uid 2527 --gid 2527 --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin bartizan-admin \
    && install -d -o bartizan -g bartizan -m 0755 /var/lib/bartizan

COPY --from=build /opt/bartizan /opt/bartizan
COPY packaging/container.toml /etc/bartizan/bartizan.toml
COPY LICENSE /usr/share/doc/bartizan/LICENSE

ENV PATH=/opt/bartizan/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /var/lib/bartizan
VOLUME ["/var/lib/bartizan"]
EXPOSE 2525
STOPSIGNAL SIGTERM
USER bartizan

# The admin endpoint of packaging/container.toml; another [admin] address needs another check.
HEALTHCHECK --interval=15s --timeout=5s --start-period=300s --retries=3 \
    CMD ["/opt/bartizan/bin/python", "-I", "-c", \
        "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8025, timeout=4); c.request('GET', '/health/ready'); raise SystemExit(c.getresponse().status != 200)"]

ENTRYPOINT ["/opt/bartizan/bin/bartizan"]
CMD ["serve", "--config", "/etc/bartizan/bartizan.toml"]
