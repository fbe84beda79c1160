# Mbed TLS, without assembly: its self-test of all algorithms, and some of its test
# suites: numbers, curves, ciphers, hashes, keys. (Certificates of others have expired.)
package=mbedtls=2.28.3-1
sha256=a8bf91b5ffb40654efb0ebe0c962ac1e87b8eed5e104880982eaa70dd4bb33e3
every=3000 limit=600
suites="bignum.generated bignum.misc ecp ecdh rsa aes.cbc gcm.aes128_en ccm chachapoly
    camellia des shax pkcs1_v21 pkparse"

build() {
    local tools=(CC="$CC" AR="$AR" CFLAGS="-O2 -DMBEDTLS_HAVE_INT64" LDFLAGS=-static)
    local option
    for option in HAVE_ASM AESNI_C PADLOCK_C; do
        python3 scripts/config.py unset MBEDTLS_$option
    done
    make -C library "${tools[@]}" static
    make -C programs "${tools[@]}" test/selftest
    make -C tests "${tools[@]}" $(printf 'test_suite_%s ' $suites)
}

work() {
    local suite
    # Not how much it did in a second, nor what is random.
    run programs/test/selftest | sed '/ENTROPY/,/^$/d; /TIMING/,/^$/d'
    ln -s "$source/tests/data_files" .
    for suite in $suites; do
        cp "$build/corpora/mbedtls/native/tests/test_suite_$suite.datax" .
        run tests/test_suite_$suite -v
    done
    rm data_files *.datax
}
