# libjpeg-turbo without SIMD: its own test program, and its test image packed and
# unpacked in many ways; the files are compared.
package=libjpeg-turbo=1:2.1.5-2
sha256=d718ead0dfbcbc8523665c02a7f7152e31039ded641d022868722623bb3b486d
every=20000

build() {
    cmake_static -DENABLE_SHARED=0 -DWITH_SIMD=0 .
    make cjpeg-static djpeg-static jpegtran-static tjunittest-static
}

work() {
    local image=$source/testimages/testorig.ppm n=0 how
    for how in "-dct int" "-dct fast -opt -sample 2x1" "-dct float -sample 1x2" \
        "-dct int -progressive -quality 100" "-gray -dct int" "-rgb -arithmetic" \
        "-restart 1 -sample 4x2,1x1,1x1 -smooth 20"; do
        n=$((n + 1))
        run cjpeg-static $how -outfile $n.jpg "$image"
        for back in "-dct int" "-dct fast -nosmooth" "-dct float" "-scale 5/8" \
            "-rgb565 -bmp" "-colors 64 -gif" "-grayscale -targa"; do
            run djpeg-static $back -outfile "$n${back//[ \/]/_}" $n.jpg
        done
        run jpegtran-static -rotate 90 -trim -outfile $n.turned $n.jpg
        run jpegtran-static -crop 60x60+20+20 -progressive -outfile $n.part $n.jpg
    done
    run tjunittest-static -noyuvpad -yuv
}
