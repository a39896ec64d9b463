// The fee basis: which months there are, how far each has come, and what it comes to.
import { useWorld } from '../../directory';
import { t } from '../../i18n';
import { count, kronor } from '../../numbers';
import { Months } from './months';
import { sums } from './fee';

export function Fees() {
	const { me } = useWorld();
	return <Months base="/avgifter" title={t('menu.fees')} what={t('fees.what')} rest={me.municipality ? `/${me.municipality}` : ''} columns={[
		{ key: 'counted', head: t('fee.counted'), number: true, cell: ({ statements }) => statements ? count(sums(statements).counted) : '–' },
		{ key: 'total', head: t('fee.total'), number: true, cell: ({ statements }) => <span class="figure">{statements ? kronor(sums(statements).total_ore) : '–'}</span> },
	]} />;
}
