import { Session } from '../support/api.ts'
import { editor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

interface Article {
  readonly id: string
  readonly version: number
}

test('a shop without articles takes the ready-made ones and finds them at once', async ({ desk, server }) => {
  const keeper = await Session.signIn(server.origin, editor)
  for (const { id, version } of await keeper.rows<Article>('article')) {
    await keeper.give('article.remove', { id, base: version })
  }

  await desk.start(editor, '/desk/knowledge')
  const begin = desk.page.getByTestId('first-use')
  await begin.getByRole('link', { name: '用现成的通用问答' }).click()
  await desk.page.getByRole('button', { name: /用现成的通用问答/ }).click()
  await desk.page.getByLabel('全选').uncheck()
  await desk.page.getByRole('checkbox', { name: /可以开发票吗/ }).check()
  await desk.page.getByRole('checkbox', { name: /什么时候发货/ }).check()
  await desk.page.getByRole('button', { name: '收下这 2 条' }).click()
  await expect(desk.page.getByRole('heading', { name: '导入了 2 条' })).toBeVisible()

  await desk.open('/desk/answers')
  await desk.search('fapiao')
  await expect(desk.answerHits.filter({ hasText: '电子发票' }).first()).toBeVisible()
})

test('with nothing to find in its chats the desk says so', async ({ desk }) => {
  await desk.start(editor, '/desk/knowledge/start')
  await desk.page.getByRole('button', { name: /从聊天记录里找/ }).click()
  await expect(desk.page.getByText('聊天记录还太少')).toBeVisible()
})
