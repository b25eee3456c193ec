package dev.pgbackup.contract.config;

import org.jspecify.annotations.Nullable;

/** The HTTP server of the sidecar. */
public record HttpConfig(
    @Setting(
            value =
                "Address and port to listen on, as in `0.0.0.0:8080` or `[::]:8080`; empty: no server.",
            byDefault = "127.0.0.1:8080")
        String listen,
    @Setting(
            "File of the PEM public key (Ed25519) with which tokens of calls that change something are checked. Without it only callers on this host may make them.")
        @Nullable String tokenPublicKeyFile,
    @Setting("Audience that a token must name; needed with `tokenPublicKeyFile`.")
        @Nullable String tokenAudience) {}
