/* The table is made by
 *
 *   for i in range(-13, 14): 5**(27*i), its first 128 bits, the exponent of two
 *   for i in range(27): 5**i, shifted until bit 63 is set
 */
#include "power_of_five.h"

static const struct {
	uint64_t high, low;
	int e;
} coarse[] = {
	{0x8049a4ac0c5811ae, 0x205b896d777d6278, -942},
	{0xcf42894a5dce35ea, 0x52064cac828675b9, -880},
	{0xa76c582338ed2621, 0xaf2af2b80af6f24e, -817},
	{0x873e4f75e2224e68, 0x5a7744a6e804a291, -754},
	{0xda7f5bf590966848, 0xaf39a475506a899e, -692},
	{0xb080392cc4349dec, 0xbd8d794d96aacfb3, -629},
	{0x8e938662882af53e, 0x547eb47b7282ee9c, -566},
	{0xe65829b3046b0afa, 0x0cb4a5a3112a5112, -504},
	{0xba121a4650e4ddeb, 0x92f34d62616ce413, -441},
	{0x964e858c91ba2655, 0x3a6a07f8d510f86f, -378},
	{0xf2d56790ab41c2a2, 0xfae27299423fb9c3, -316},
	{0xc428d05aa4751e4c, 0xaa97e14c3c26b886, -253},
	{0x9e74d1b791e07e48, 0x775ea264cf55347d, -190},
	{0x8000000000000000, 0x0000000000000000, -127},
	{0xcecb8f27f4200f3a, 0x0000000000000000, -65},
	{0xa70c3c40a64e6c51, 0x999090b65f67d924, -2},
	{9723461371658033917u, 0x69a028bb3ded71a3, 61},
	{0xda01ee641a708de9, 0xe80e6f4820cc9495, 123},
	{0xb01ae745b101e9e4, 0x5ec05dcff72e7f8f, 186},
	{0x8e41ade9fbebc27d, 0x14588f13be847307, 249},
	{0xe5d3ef282a242e81, 0x8f1668c8a86da5fa, 311},
	{0xb9a74a0637ce2ee1, 0x6d953e2bd7173692, 374},
	{0x95f83d0a1fb69cd9, 0x4abdaf101564f98e, 437},
	{0xf24a01a73cf2dccf, 0xbc633b39673c8cec, 499},
	{0xc3b8358109e84f07, 0x0a862f80ec4700c8, 562},
	{0x9e19db92b4e31ba9, 0x6c07a2c26a8346d1, 625},
	{0xff6d0b3492801150, 0x9798278aea58efff, 687},
};

static const struct {
	uint64_t m;
	int e;
} fine[] = {
	{0x8000000000000000, -63},
	{0xa000000000000000, -61},
	{0xc800000000000000, -59},
	{0xfa00000000000000, -57},
	{0x9c40000000000000, -54},
	{0xc350000000000000, -52},
	{0xf424000000000000, -50},
	{0x9896800000000000, -47},
	{0xbebc200000000000, -45},
	{0xee6b280000000000, -43},
	{0x9502f90000000000, -40},
	{0xba43b74000000000, -38},
	{0xe8d4a51000000000, -36},
	{0x9184e72a00000000, -33},
	{0xb5e620f480000000, -31},
	{0xe35fa931a0000000, -29},
	{0x8e1bc9bf04000000, -26},
	{0xb1a2bc2ec5000000, -24},
	{0xde0b6b3a76400000, -22},
	{0x8ac7230489e80000, -19},
	{0xad78ebc5ac620000, -17},
	{0xd8d726b7177a8000, -15},
	{0x878678326eac9000, -12},
	{0xa968163f0a57b400, -10},
	{0xd3c21bcecceda100, -8},
	{0x84595161401484a0, -5},
	{0xa56fa5b99019a5c8, -3},
};

int __power_of_five(struct power_of_five *p, int n)
{
	int at = (n + 13 * 27) / 27, rest = (n + 13 * 27) % 27;
	uint64_t m;
	unsigned __int128 high, low;

	if (n < FIVE_MIN || n > FIVE_MAX)
		return 0;
	m = fine[rest].m;
	low = (unsigned __int128)coarse[at].low * m;
	high = (unsigned __int128)coarse[at].high * m + (uint64_t)(low >> 64);
	p->e = coarse[at].e + fine[rest].e + 64;
	if (high >> 127 == 0) {
		high = high << 1 | (uint64_t)low >> 63;
		p->e--;
	}
	p->high = (uint64_t)(high >> 64);
	p->low = (uint64_t)high;
	return 1;
}
