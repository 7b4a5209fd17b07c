# Completion of mbplantctl for fish. The program itself has the script, and is asked for words as they are needed: verbs,
# options, and names of the plant that runs.
command -q mbplantctl; and mbplantctl completion fish | source
