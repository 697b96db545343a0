from django.db import migrations

# As the directory has it: what is only looked into lies beside the row, and what is counted in it.
STORAGE = """
ALTER TABLE board_callrow
    ALTER COLUMN text SET STORAGE EXTERNAL,
    ALTER COLUMN tokens SET STORAGE EXTERNAL,
    ALTER COLUMN facets SET STORAGE MAIN,
    ALTER COLUMN codes SET STORAGE MAIN,
    ALTER COLUMN text SET STATISTICS 1000,
    SET (toast_tuple_target = 128)
"""


class Migration(migrations.Migration):
    # The functions that the rows are made with are the directory's.
    dependencies = [("board", "0001_search_rows_and_saved_calls"), ("directory", "0003_functions_that_are_inlined")]
    operations = [migrations.RunSQL(STORAGE, migrations.RunSQL.noop)]
