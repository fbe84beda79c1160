# Opus, fixed point and without intrinsics: eight of its own test programs; two tones
# with noise packed by each of its coders and unpacked, whose files are compared.
package=opus=1.3.1-3
sha256=c373ac82a1afb824819618c12e279ee47b6ac2fa18083b9ef2bb9e8e9e588419
every=1000 limit=1000
tests="celt/tests/test_unit_cwrs32 celt/tests/test_unit_dft celt/tests/test_unit_laplace
    celt/tests/test_unit_mathops celt/tests/test_unit_mdct celt/tests/test_unit_rotation
    celt/tests/test_unit_types tests/test_opus_padding"

build() {
    CFLAGS=-O2 ./configure --disable-shared --disable-doc --enable-fixed-point \
        --disable-intrinsics --disable-rtcd --enable-custom-modes
    make LDFLAGS=-all-static libopus.la opus_demo $tests
}

# Two seconds, 48 kHz, 16 bits, one channel.
tones() {
    LC_ALL=C awk 'BEGIN {
        for (i = 0; i < 96000; i++) {
            seed = (seed * 16807 + 7) % 65537
            v = int(6000 * sin(i * i / 90000) + 4000 * sin(i / 17) + seed % 2000)
            v += 65536 * (v < 0)
            printf "%c%c", v % 256, int(v / 256)
        }
    }'
}

work() {
    local test way
    for test in $tests; do
        # Ratios of signal to noise are libm's.
        run_exact $test >said
        if [ "$reference" = plain ]; then cat said; else sed 's/snr .*//; s/ is .*//' said; fi
        rm said
    done
    tones >pcm
    for way in "audio 48000 1 64000" "voip 48000 1 12000 -inbandfec -loss 10 -framesize 60" \
        "voip 48000 1 24000 -cbr -complexity 5" "audio 48000 2 128000 -cvbr" \
        "restricted-lowdelay 48000 1 32000 -framesize 2.5" "audio 48000 1 20000 -dtx"; do
        run opus_demo -e $way pcm "${way// /_}.packed"
        run opus_demo -d $(cut -d' ' -f2,3 <<<"$way") "${way// /_}.packed" "${way// /_}.pcm"
    done
}
