// Answers, line by line, what npm-package-arg makes of {"key": …, "spec": …}.
const npa = require('npm-package-arg')

const answer = ({ key, spec }) => {
  let found
  try {
    found = npa.resolve(key, spec, '/work')
  } catch (error) {
    return { refused: error.message }
  }
  const target = found.type === 'alias' ? found.subSpec : found
  const hosted = target.hosted
  return {
    type: target.type,
    name: target.name || key,
    repository: hosted ? [hosted.domain, hosted.user, hosted.project].filter(Boolean).join('/') : null,
    commit: target.gitCommittish || (target.gitRange ? 'semver:' + target.gitRange : ''),
    url: target.fetchSpec,
  }
}

for (const line of require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  console.log(JSON.stringify(answer(JSON.parse(line))))
}
