import { Desk } from '../pages/desk.ts'
import { editor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const TITLE = '礼盒能写贺卡吗'

test('two editors change one answer: both wordings are kept until one of them decides', async ({
  desk,
  server,
  network,
  anotherPage,
}) => {
  const other = new Desk(await anotherPage(), server.origin)
  await desk.start(editor, '/desk/knowledge/new')
  await desk.page.getByLabel('问题').fill(TITLE)
  await desk.page.getByLabel('答案', { exact: false }).first().fill('可以写。')
  await desk.page.getByRole('button', { name: '保存' }).click()
  await expect(desk.page).toHaveURL(/knowledge\/[0-9a-f-]{36}/)
  await other.start(editor, new URL(desk.page.url()).pathname)
  await expect(other.page.getByLabel('问题')).toHaveValue(TITLE)

  await network.cut()
  await desk.page.getByLabel('答案', { exact: false }).first().fill('可以写，最多三十字。')
  await desk.page.getByRole('button', { name: '保存' }).click()
  await other.page.getByLabel('答案', { exact: false }).first().fill('可以写，备注里说明。')
  await other.page.getByRole('button', { name: '保存' }).click()
  await expect(other.page.getByText('已保存')).toBeVisible()
  await network.restore()

  for (const page of [desk.page, other.page]) {
    await expect(page.getByTestId('copy')).toContainText('可以写，最多三十字。', { timeout: 60_000 })
    await expect(page.getByTestId('copy')).toContainText('可以写，备注里说明。')
  }
  await other.page.getByTestId('copy').getByRole('button', { name: '两份都要' }).click()
  for (const page of [desk.page, other.page]) {
    await expect(page.getByTestId('copy')).toBeHidden()
    await expect(page.getByLabel('答案', { exact: false })).toHaveCount(2)
  }

  await other.page.getByRole('button', { name: '以前的版本' }).click()
  await expect(other.page.getByTestId('former').last()).toContainText('可以写。')
  await other.page.getByTestId('former').last().getByRole('button', { name: '取回这一版' }).click()
  await expect(other.page.getByLabel('答案', { exact: false })).toHaveCount(1)
})
