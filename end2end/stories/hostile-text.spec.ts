import type { Page } from '@playwright/test'

import { newId, Session } from '../support/api.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const HURT = '</textarea></script><img src=x onerror="window.hurt=1"><script>window.hurt=1</script>&lt;b&gt;'

async function expectUnhurt(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    expect(await page.evaluate(() => 'hurt' in window)).toBe(false)
    await expect(page.locator('img[src=x]')).toHaveCount(0)
  }
}

test('script in a message, an answer, an article or a search is shown as text', async ({ desk, shopper, server }) => {
  const session = await Session.signIn(server.origin, supervisor)
  const fields = { title: `发货 ${HURT}`, questions: [HURT], answers: [HURT], tags: ['<i>'], shortcut: '<u>' }
  await session.give('article.put', { id: newId(), fields, base: 0 })

  await desk.startWith(agent, shopper, `问 ${HURT}`)
  await desk.reply(`答 ${HURT}`)
  await expect(shopper.answers).toContainText(`答 ${HURT}`)
  await shopper.page.reload()
  await expect(shopper.message(`问 ${HURT}`)).toBeVisible()
  await expect(shopper.answers).toContainText(`答 ${HURT}`)

  await desk.composer.fill(HURT)
  await desk.page.reload()
  await expect(desk.composer).toHaveValue(HURT)
  await expectUnhurt(desk.page, shopper.page)

  await desk.open('/desk/answers')
  await desk.search('发货 </textarea>')
  await expect(desk.answerHits.filter({ hasText: `发货 ${HURT}` }).first()).toBeVisible()
  await desk.search(HURT)
  await expectUnhurt(desk.page)
})

test('script in the sign-in form is shown as text', async ({ desk }) => {
  await desk.open()
  await desk.page.getByTestId('work-number').fill(HURT)
  await desk.page.getByTestId('password').fill(HURT)
  await desk.signInButton.click()
  await expect(desk.page.getByRole('alert')).not.toBeEmpty()
  await expectUnhurt(desk.page)
})

test('very long messages, emoji and two hundred lines at once arrive whole', async ({ desk, shopper }) => {
  const long = '长'.repeat(9_990) + '👨‍👩‍👧‍👦完'
  const lines = Array.from({ length: 200 }, (_, line) => `第${line + 1}行`).join('\n')
  await desk.start(agent)
  await shopper.ask('开始')
  await shopper.write(long)
  await shopper.write(lines)
  await desk.row('第').first().click()
  await expect(desk.message('👨‍👩‍👧‍👦完')).toHaveCount(1)
  await expect(desk.message('第200行')).toHaveCount(1)
  await desk.reply(lines)
  await expect(shopper.answers).toContainText('第200行')
})
