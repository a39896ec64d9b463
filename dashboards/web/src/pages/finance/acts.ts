// What is proposed of the fee, in a sentence.
import { municipalityName, municipalityNames, type Directory } from '../../directory';
import { choice, t } from '../../i18n';
import { kronor, percent } from '../../numbers';
import { monthName } from '../../time';
import type { Act } from './fee';

export function stated(act: Act, directory: Directory): string {
	const { month = '', year = 0, document = '', decided_day: day } = act;
	switch (act.kind) {
	case 'rate':
		return t('act.rate', { index: act.index ?? '', year, rate: percent((act.rate_ppb ?? 0) / 1000, 4), document, day: day ?? '–' });
	case 'cost':
		return t('act.cost', { year, cost: kronor(act.cost_ore ?? 0), document, day: day ?? '–' });
	case 'override':
		return `${act.ticket}: ${choice('outcome', act.outcome)}`;
	case 'opening':
		return t('act.opening', { who: municipalityName(directory, act.municipality ?? ''), month: monthName(month), support: kronor(act.support_ore ?? 0), operation: kronor(act.operation_ore ?? 0) });
	case 'close':
		return t('act.close', { month: monthName(month), who: municipalityNames(directory, act.municipalities ?? [], t('municipalities.all'), (n) => t('names.more', { n })) });
	case 'objection':
		return t('act.objection', { id: act.objection ?? '', amount: kronor(act.amount_ore ?? 0) });
	}
}
