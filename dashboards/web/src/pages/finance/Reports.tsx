// Monthly reports: which months there are, how far each has come, and what was made of it.
import { t } from '../../i18n';
import { count } from '../../numbers';
import { Hash, Months } from './months';

export function Reports() {
	return <Months base="/rapporter" title={t('reports.title')} what={t('reports.what')} columns={[
		{ key: 'versions', head: t('reports.versions'), number: true, cell: ({ made }) => count(made.length) },
		{ key: 'hash', head: t('f.hash'), cell: ({ made }) => <Hash of={made.filter((r) => r.scope === 'region').at(-1)?.model_sha256} /> },
	]} />;
}
