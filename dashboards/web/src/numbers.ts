// Numbers as they are printed: whole numbers in, text out. Ratios are cut, never rounded, so that 99,999 % is not shown as reached.
import { language } from './i18n';

const HARD_SPACE = '\u00a0';

function grouped(digits: string): string {
	return digits.replace(/\B(?=(\d{3})+$)/g, language === 'sv' ? HARD_SPACE : ',');
}

export function count(n: number): string {
	return (n < 0 ? '−' : '') + grouped(String(Math.abs(n)));
}

/** Parts per million as "99,81 %". */
export function percent(ppm: number | null | undefined, decimals = 2): string {
	if (ppm === null || ppm === undefined) return '–';
	const cut = Math.floor(Math.abs(ppm) / 10 ** (4 - decimals));
	const digits = String(cut).padStart(decimals + 1, '0');
	const whole = grouped(digits.slice(0, digits.length - decimals));
	const rest = digits.slice(digits.length - decimals);
	return `${ppm < 0 ? '−' : ''}${whole}${decimals > 0 ? (language === 'sv' ? ',' : '.') + rest : ''}${HARD_SPACE}%`;
}

/** Öre as "1 234,50 kr". */
export function kronor(ore: number): string {
	const digits = String(Math.abs(ore)).padStart(3, '0');
	const whole = grouped(digits.slice(0, -2));
	return `${ore < 0 ? '−' : ''}${whole}${language === 'sv' ? ',' : '.'}${digits.slice(-2)}${HARD_SPACE}kr`;
}

export function bytes(n: number): string {
	if (n < 1000) return `${n}${HARD_SPACE}B`;
	if (n < 1_000_000) return `${Math.floor(n / 1000)}${HARD_SPACE}kB`;
	const [unit, size] = n < 1_000_000_000 ? ['MB', 1_000_000] as const : ['GB', 1_000_000_000] as const;
	return `${Math.floor(n * 10 / size) / 10}${HARD_SPACE}${unit}`.replace('.', language === 'sv' ? ',' : '.');
}
